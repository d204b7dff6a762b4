import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { findRow, refuseUsedName, updateGiven } from '../database/row.access';
import { rowsByIds } from '../database/rows.by-ids';
import { NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { AffinityGroup } from './affinity-group.entity';
import type { ChangedAffinityGroup, NewAffinityGroup } from './affinity-group.input';
import { AffinityMembersService } from './affinity-members.service';
import type { AffinityGroupView } from './affinity-group.representation';
import { type AffinityRule, type RunningGroup, isBroken } from './affinity.rules';

const TYPE = 'Affinity Group';

const OFF: AffinityRule = { enabled: false, positive: false, enforcing: false };
const ON: AffinityRule = { enabled: true, positive: true, enforcing: false };

/** Where the VMs of groups run, once for each VM. */
const RUNNING = `
  SELECT g.id,
    ARRAY(SELECT vm.host_id FROM affinity_group_vm member JOIN vm ON vm.id = member.vm_id
          WHERE member.group_id = g.id AND vm.host_id IS NOT NULL)::text[] AS "vmHostIds",
    ARRAY(SELECT host_id FROM affinity_group_host WHERE group_id = g.id)::text[] AS "hostIds"
  FROM affinity_group g WHERE g.id = ANY($1)`;

type Running = Pick<RunningGroup, 'vmHostIds' | 'hostIds'> & { readonly id: string };
type RuleInput = NonNullable<ChangedAffinityGroup['vms_rule']>;

const ruleAfter = (now: AffinityRule, { enabled, positive, enforcing }: RuleInput): AffinityRule => ({
  enabled: enabled ?? now.enabled,
  positive: positive ?? now.positive,
  enforcing: enforcing ?? now.enforcing,
});

/** What a request says of a rule. As in oVirt, one that is named is on, unless it says otherwise. */
const asked = (rule: RuleInput | undefined): RuleInput => (rule ? { ...rule, enabled: rule.enabled ?? true } : {});

/** The same for the rule between VMs: the members of the group itself are older, and count less. */
const askedOfVms = ({ vms_rule: rule, positive, enforcing }: ChangedAffinityGroup): RuleInput => {
  const { enabled = positive === undefined ? undefined : true, ...given } = asked(rule);
  return { enabled, positive: given.positive ?? positive, enforcing: given.enforcing ?? enforcing };
};

/** The affinity groups of clusters. What they demand counts when a VM starts; what runs stays where it is. */
@Injectable()
export class AffinityGroupsService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
    private readonly members: AffinityMembersService,
  ) {}

  /** @throws NotFoundError if there is no such cluster */
  async list(clusterId: string): Promise<AffinityGroupView[]> {
    await findRow(this.db, Cluster, 'Cluster', { id: clusterId });
    return this.views(await this.db.find(AffinityGroup, { where: { clusterId }, order: { name: 'ASC' } }));
  }

  /** The groups of these clusters. */
  async ofClusters(clusterIds: readonly string[]): Promise<AffinityGroupView[]> {
    return this.views(await rowsByIds(this.db, AffinityGroup, clusterIds, 'clusterId'));
  }

  /** @throws NotFoundError */
  async get(clusterId: string, id: string): Promise<AffinityGroupView> {
    const [view] = await this.views(await this.db.findBy(AffinityGroup, { id, clusterId }));
    if (!view) throw new NotFoundError(TYPE, id);
    return view;
  }

  /** @throws NotFoundError, ConflictError */
  async add(clusterId: string, input: NewAffinityGroup): Promise<AffinityGroupView> {
    await findRow(this.db, Cluster, 'Cluster', { id: clusterId });
    const id = randomUUID();
    const { name, description = '', priority = 1 } = input;
    const vms = askedOfVms(input);
    const vmsRule = ruleAfter(vms.enabled === undefined ? ON : OFF, vms);
    const row = { id, clusterId, name, description, priority, vmsRule, hostsRule: ruleAfter(OFF, asked(input.hosts_rule)) };
    await this.db.transaction(async (tx) => {
      await tx.insert(AffinityGroup, row).catch(refuseUsedName('add', TYPE));
      await this.members.replace(tx, row, input);
    });
    return this.events.tell('AFFINITY_GROUP_ADDED', await this.get(clusterId, id), { clusterId });
  }

  /** Members that are given take the place of those that are there. @throws NotFoundError, ConflictError */
  async update(clusterId: string, id: string, input: ChangedAffinityGroup): Promise<AffinityGroupView> {
    await this.db.transaction(async (tx) => {
      const group = await tx.findOne(AffinityGroup, { where: { id, clusterId }, lock: { mode: 'pessimistic_write' } });
      if (!group) throw new NotFoundError(TYPE, id);
      const { name, description, priority } = input;
      const vmsRule = ruleAfter(group.vmsRule, askedOfVms(input));
      const changes = { name, description, priority, vmsRule, hostsRule: ruleAfter(group.hostsRule, asked(input.hosts_rule)) };
      await updateGiven(tx, AffinityGroup, { id }, changes).catch(refuseUsedName('edit', TYPE));
      await this.members.replace(tx, group, input);
    });
    return this.events.tell('AFFINITY_GROUP_UPDATED', await this.get(clusterId, id), { clusterId });
  }

  /** @throws NotFoundError */
  async remove(clusterId: string, id: string): Promise<void> {
    const group = await this.get(clusterId, id);
    await this.db.delete(AffinityGroup, { id });
    await this.events.tell('AFFINITY_GROUP_REMOVED', group, { clusterId });
  }

  private async views(groups: AffinityGroup[]): Promise<AffinityGroupView[]> {
    const rows = groups.length === 0 ? [] : await this.db.query<Running[]>(RUNNING, [groups.map(({ id }) => id)]);
    const running = new Map(rows.map((row) => [row.id, row]));
    const nothing = { vmHostIds: [], hostIds: [] };
    return groups.map((group) => ({ ...group, broken: isBroken({ ...group, ...(running.get(group.id) ?? nothing) }) }));
  }
}
