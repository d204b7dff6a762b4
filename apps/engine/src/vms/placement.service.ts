import { Injectable } from '@nestjs/common';
import { messages, renderMessage } from '@clinker/ovirt-api';
import type { EntityManager } from 'typeorm';
import { affinityOfVm } from '../affinity-groups/affinity.query';
import { ConflictError } from '../errors/domain.errors';
import { type Candidate, type NeededKey, VM_OVERHEAD_BYTES, place } from './placement';
import { wantedHosts } from './placement.policy';
import { Vm } from './vm.entity';

const CANDIDATES = `
  SELECT host.id, host.name, host.status, (host.capabilities->>'memoryBytes')::float8 AS "memoryBytes", host.secret_uuids::text[] AS "secretUuids",
    coalesce(host.capabilities->'bridges', '[]') AS bridges, coalesce(host.capabilities->'networkBridges', '{}') AS "networkBridges",
    coalesce(sum(vm.memory + $2), 0)::float8 AS "placedBytes"
  FROM host LEFT JOIN vm ON vm.host_id = host.id WHERE host.cluster_id = $1 GROUP BY host.id`;

const NEEDED_KEYS = `
  SELECT DISTINCT key.id AS uuid, provider.name AS "providerName" FROM authentication_key key
  JOIN volume_provider provider ON provider.id = key.provider_id
  JOIN storage_domain domain ON domain.provider_id = provider.id
  JOIN disk ON disk.storage_domain_id = domain.id
  JOIN disk_attachment attachment ON attachment.disk_id = disk.id
  WHERE attachment.vm_id = $1 AND attachment.plugged`;

/** The management network is not among them: without it a VM runs as well. */
const NEEDED_NETWORKS = `
  SELECT DISTINCT network.name FROM nic JOIN vnic_profile profile ON profile.id = nic.vnic_profile_id
  JOIN network ON network.id = profile.network_id WHERE nic.vm_id = $1 AND nic.plugged AND NOT network.management ORDER BY network.name`;

/** Lets one transaction at a time decide about a cluster's hosts, until it ends: memory is never given away twice. */
export const lockPlacement = (tx: EntityManager, clusterId: string): Promise<unknown> =>
  tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', [clusterId]);

/** Where VMs run. */
@Injectable()
export class PlacementService {
  /**
   * Chooses a host for the VM and writes it into the VM's row, which reserves the memory there.
   * @param onlyHostIds the only hosts that may take it; all of its cluster's if not given
   * @throws ConflictError that says of every host why it cannot take the VM
   */
  async reserve(vm: Vm, tx: EntityManager, onlyHostIds?: readonly string[]): Promise<Candidate> {
    await lockPlacement(tx, vm.clusterId);
    const candidates = await tx.query<Candidate[]>(CANDIDATES, [vm.clusterId, VM_OVERHEAD_BYTES]);
    const keys = await tx.query<NeededKey[]>(NEEDED_KEYS, [vm.id]);
    const needed = await tx.query<{ name: string }[]>(NEEDED_NETWORKS, [vm.id]);
    const networks = needed.map(({ name }) => name);
    const affinity = await affinityOfVm(tx, vm.id);
    const placement = place(candidates, { memoryBytes: vm.memory, keys, networks, onlyHostIds, affinity, ...wantedHosts(vm) });
    if ('refusals' in placement) throw this.refused(placement.refusals);
    await tx.update(Vm, { id: vm.id }, { hostId: placement.host.id });
    return placement.host;
  }

  private refused(refusals: readonly string[]): ConflictError {
    const details = refusals.length > 0 ? refusals.join(', ') : 'The cluster has no hosts.';
    return new ConflictError(renderMessage(messages.NO_HOST_FOR_VM, { action: 'run', type: 'VM', details }));
  }
}
