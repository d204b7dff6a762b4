import type { ReferenceInput } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { leaveAffinityGroups } from '../affinity-groups/affinity.query';
import { referred } from '../database/row.access';
import { clusterFields } from '../clusters/cluster.columns';
import { Cluster } from '../clusters/cluster.entity';
import { dataCenterFields } from '../data-centers/data-center.columns';
import { rowsByIds } from '../database/rows.by-ids';
import { VolumeAttachment } from '../disk-attachments/disk-attachment.entity';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { eventFields } from '../events/event.columns';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { vmFields } from '../vms/vm.columns';
import { VM_OVERHEAD_BYTES } from '../vms/placement';
import { forgetHost } from '../vms/placement.policy';
import { lockPlacement } from '../vms/placement.service';
import { Vm } from '../vms/vm.entity';
import { hostFields } from './host.columns';
import { Host, type HostStatus } from './host.entity';
import type { UpdateHost } from './host.input';
import type { HostLoad, HostView } from './host.representation';
import { templateFields } from '../templates/template.columns';
import { userFields } from '../accounts/account.columns';
import { storageDomainFields } from '../storage-domains/storage-domain.columns';

const SEARCHABLE: Searchable = {
  fields: hostFields('host'),
  references: {
    cluster: { from: 'cluster c WHERE c.id = host.cluster_id', fields: clusterFields('c') },
    datacenter: {
      from: 'cluster c JOIN data_center dc ON dc.id = c.data_center_id WHERE c.id = host.cluster_id',
      fields: dataCenterFields('dc'),
    },
    vm: { from: 'vm v WHERE v.host_id = host.id', fields: vmFields('v') },
    template: { from: 'vm v JOIN template t ON t.id = v.template_id WHERE v.host_id = host.id', fields: templateFields('t') },
    storage: {
      from: 'cluster c JOIN storage_domain sd ON sd.data_center_id = c.data_center_id WHERE c.id = host.cluster_id',
      fields: storageDomainFields('sd'),
    },
    user: {
      from: 'vm v JOIN permission p ON p.object_id = v.id JOIN account u ON u.id = p.account_id WHERE v.host_id = host.id',
      fields: userFields('u'),
    },
    event: { from: 'event e WHERE e.host_id = host.id', fields: eventFields('e') },
  },
  defaultSort: 'name',
  freeText: ['name', 'address', 'comment'],
};

const IDLE: HostLoad = { active: 0, total: 0, memoryBytes: 0 };

const LOADS = `
  SELECT host_id AS "hostId", count(*)::int AS total, count(*) FILTER (WHERE status IN ('up', 'powering_up'))::int AS active,
    sum(memory + $1)::float8 AS "memoryBytes"
  FROM vm WHERE host_id IS NOT NULL GROUP BY host_id`;

/** From these a host may be put into maintenance; `maintenance` itself is not one of them. */
const DEACTIVATABLE: readonly HostStatus[] = ['up', 'non_operational', 'non_responsive', 'initializing', 'down'];

/** From these a host may be forgotten. */
const REMOVABLE: readonly HostStatus[] = ['maintenance', 'non_responsive', 'down'];

/** Looks at hosts, and takes them out of use and back. They join by themselves. */
@Injectable()
export class HostsService {
  constructor(private readonly db: EntityManager) {}

  async list(query: ListQuery): Promise<HostView[]> {
    const builder = this.db.createQueryBuilder(Host, 'host');
    return this.views(applySearch(builder, SEARCHABLE, query).getMany());
  }

  /** Hosts by their ids; those that are gone are left out. */
  byIds(ids: readonly string[]): Promise<HostView[]> {
    return this.views(rowsByIds(this.db, Host, ids));
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<HostView> {
    const [host, loads] = await Promise.all([this.db.findOneBy(Host, { id }), this.loads()]);
    if (!host) throw new NotFoundError('Host', id);
    return { host, load: loads.get(id) ?? IDLE };
  }

  /** Changes the comment, and in maintenance the cluster. @throws NotFoundError, ConflictError */
  async update(id: string, input: UpdateHost): Promise<HostView> {
    await this.db.transaction(async (tx) => {
      const host = await this.locked(id, tx);
      if (input.name !== undefined && input.name !== host.name)
        throw new ConflictError('Cannot edit Host. The name of a host is the name of its agent.');
      const clusterId = input.cluster ? await this.clusterId(input.cluster, tx) : host.clusterId;
      const moves = clusterId !== host.clusterId;
      if (moves && host.status !== 'maintenance')
        throw new ConflictError('Cannot edit Host. Host must be in maintenance mode to change its cluster.');
      await tx.update(Host, { id }, { clusterId, comment: input.comment ?? host.comment });
      if (moves) await leaveAffinityGroups(tx, 'host', id, clusterId);
    });
    return this.get(id);
  }

  /** Takes the host out of use. @throws NotFoundError, ConflictError while VMs are there */
  async deactivate(id: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const host = await this.locked(id, tx);
      if (!DEACTIVATABLE.includes(host.status)) throw this.illegal('switch', host);
      await this.refuseWithVms('Cannot switch Host to Maintenance mode.', host, tx);
      await tx.update(Host, { id }, { status: 'maintenance' });
    });
  }

  /** Takes the host into use again; whether it is there shows its next heartbeat. @throws NotFoundError, ConflictError */
  async activate(id: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const host = await this.locked(id, tx);
      if (host.status !== 'maintenance') throw this.illegal('activate', host);
      await tx.update(Host, { id }, { status: 'initializing' });
    });
  }

  /** Forgets a host. It comes back if its agent joins again. @throws NotFoundError, ConflictError */
  async remove(id: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const host = await this.locked(id, tx);
      if (!REMOVABLE.includes(host.status)) throw this.illegal('remove', host);
      await this.refuseWithVms('Cannot remove Host.', host, tx);
      await forgetHost(tx, id);
      await tx.delete(Host, { id });
    });
  }

  /** The host, which nobody places VMs on until the transaction ends. */
  private async locked(id: string, tx: EntityManager): Promise<Host> {
    const known = await tx.findOneBy(Host, { id });
    if (!known) throw new NotFoundError('Host', id);
    await lockPlacement(tx, known.clusterId);
    const host = await tx.findOne(Host, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!host) throw new NotFoundError('Host', id);
    return host;
  }

  private async refuseWithVms(prefix: string, { id }: Host, tx: EntityManager): Promise<void> {
    const vms = await tx.find(Vm, { where: { hostId: id }, order: { name: 'ASC' } });
    if (vms.length > 0) throw new ConflictError(`${prefix} The following VMs are on the host: ${vms.map(({ name }) => name).join(', ')}.`);
    if (await tx.existsBy(VolumeAttachment, { hostId: id })) throw new ConflictError(`${prefix} Volumes are still attached to the host.`);
  }

  private illegal(action: string, { status }: Host): ConflictError {
    return new ConflictError(`Cannot ${action} Host. Host status is ${status}.`);
  }

  private async clusterId({ id, name }: ReferenceInput, tx: EntityManager): Promise<string> {
    const cluster = await tx.findOneBy(Cluster, referred({ id, name }));
    if (!cluster) throw new NotFoundError('Cluster', id ?? name ?? '');
    return cluster.id;
  }

  private async views(wanted: Promise<Host[]>): Promise<HostView[]> {
    const [hosts, loads] = await Promise.all([wanted, this.loads()]);
    return hosts.map((host) => ({ host, load: loads.get(host.id) ?? IDLE }));
  }

  private async loads(): Promise<ReadonlyMap<string, HostLoad>> {
    const rows = await this.db.query<(HostLoad & { hostId: string })[]>(LOADS, [VM_OVERHEAD_BYTES]);
    return new Map(rows.map((row) => [row.hostId, row]));
  }
}
