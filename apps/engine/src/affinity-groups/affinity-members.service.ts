import type { ReferenceInput } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager, type EntityTarget } from 'typeorm';
import { findRow, referred } from '../database/row.access';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { Host } from '../hosts/host.entity';
import { Vm } from '../vms/vm.entity';
import { AffinityGroup } from './affinity-group.entity';
import type { ChangedAffinityGroup } from './affinity-group.input';
import type { AffinityMember } from './affinity-group.representation';

/** What can be in a group. */
const KINDS = {
  vms: { entity: Vm as EntityTarget<Vm | Host>, type: 'VM', table: 'affinity_group_vm', column: 'vm_id', of: 'vm' },
  hosts: { entity: Host as EntityTarget<Vm | Host>, type: 'Host', table: 'affinity_group_host', column: 'host_id', of: 'host' },
} as const;

/** The path segment of members. */
export type MemberKind = keyof typeof KINDS;

const EDIT = 'Cannot edit Affinity Group.';

/** The VMs and hosts of affinity groups. */
@Injectable()
export class AffinityMembersService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
  ) {}

  /** The members of these groups, by name. */
  ofGroups(kind: MemberKind, groupIds: readonly string[]): Promise<AffinityMember[]> {
    const { table, column, of } = KINDS[kind];
    return this.db.query<AffinityMember[]>(
      `SELECT member.group_id AS "groupId", one.id, one.name FROM ${table} member JOIN ${of} one ON one.id = member.${column}
       WHERE member.group_id = ANY($1) ORDER BY one.name, one.id`,
      [groupIds],
    );
  }

  /** @throws NotFoundError if there is no such group */
  async list(kind: MemberKind, clusterId: string, groupId: string): Promise<AffinityMember[]> {
    await this.group(this.db, clusterId, groupId);
    return this.ofGroups(kind, [groupId]);
  }

  /** Adds one that may be there already. @throws NotFoundError, ConflictError if it is of another cluster */
  async add(kind: MemberKind, clusterId: string, groupId: string, named: ReferenceInput): Promise<AffinityMember> {
    return this.db.transaction(async (tx) => {
      const group = await this.group(tx, clusterId, groupId);
      const member = await this.join(tx, kind, group, named);
      await this.tell(tx, group, `${KINDS[kind].type} ${member.name} was added to Affinity Group ${group.name}.`);
      return member;
    });
  }

  /** @throws NotFoundError */
  async remove(kind: MemberKind, clusterId: string, groupId: string, id: string): Promise<void> {
    const { table, column, type } = KINDS[kind];
    await this.db.transaction(async (tx) => {
      const group = await this.group(tx, clusterId, groupId);
      const member = (await this.ofGroups(kind, [groupId])).find((one) => one.id === id);
      if (!member) throw new NotFoundError(type, id);
      await tx.query(`DELETE FROM ${table} WHERE group_id = $1 AND ${column} = $2`, [groupId, id]);
      await this.tell(tx, group, `${type} ${member.name} was removed from Affinity Group ${group.name}.`);
    });
  }

  /** Members as a request has them; those that it does not mention stay. @throws NotFoundError, ConflictError */
  async replace(tx: EntityManager, group: AffinityGroup, input: Pick<ChangedAffinityGroup, MemberKind>): Promise<void> {
    for (const kind of Object.keys(KINDS) as MemberKind[]) {
      const wanted = input[kind];
      if (!wanted) continue;
      await tx.query(`DELETE FROM ${KINDS[kind].table} WHERE group_id = $1`, [group.id]);
      for (const named of wanted) await this.join(tx, kind, group, named);
    }
  }

  private async join(tx: EntityManager, kind: MemberKind, group: AffinityGroup, named: ReferenceInput): Promise<AffinityMember> {
    const { entity, type, table, column } = KINDS[kind];
    const { id } = await findRow(tx, entity, type, referred(named));
    const one = await tx.findOneOrFail(entity, { where: { id }, lock: { mode: 'pessimistic_read' } });
    if (one.clusterId !== group.clusterId) throw new ConflictError(`${EDIT} The ${type} ${one.name} is in another Cluster.`);
    await tx.query(`INSERT INTO ${table} (group_id, ${column}) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [group.id, id]);
    return { groupId: group.id, id, name: one.name };
  }

  private group(db: EntityManager, clusterId: string, id: string): Promise<AffinityGroup> {
    return findRow(db, AffinityGroup, 'Affinity Group', { id, clusterId });
  }

  private tell(tx: EntityManager, { clusterId }: AffinityGroup, sentence: string): Promise<void> {
    return this.events.record('AFFINITY_GROUP_UPDATED', sentence, { clusterId }, tx);
  }
}
