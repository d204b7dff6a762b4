import type { ReferenceInput } from '@clinker/ovirt-api';
import type { EntityManager } from 'typeorm';
import { findRow, referred } from '../database/row.access';
import { ConflictError } from '../errors/domain.errors';
import { Host } from '../hosts/host.entity';
import type { Vm } from './vm.entity';

/** The hosts that a request names for a VM. */
interface Asked {
  readonly placement_policy?: { readonly hosts?: readonly ReferenceInput[] | undefined } | undefined;
}

/** Ids of the hosts that a client names. @throws NotFoundError */
export async function hostIdsOf(db: EntityManager, hosts: readonly ReferenceInput[]): Promise<string[]> {
  const rows = await Promise.all(hosts.map((host) => findRow(db, Host, 'Host', referred(host))));
  return [...new Set(rows.map(({ id }) => id))];
}

/** Ids of the hosts that a VM has after a request; an empty list takes them away. @throws NotFoundError */
export async function placementHostIds(db: EntityManager, asked: Asked, now: readonly string[] = []): Promise<string[]> {
  const hosts = asked.placement_policy?.hosts;
  return hosts ? hostIdsOf(db, hosts) : [...now];
}

/** What a VM wants of hosts by name, as oVirt: pinned to them it runs nowhere else, otherwise it only prefers them. */
export function wantedHosts({ placementHostIds: ids, unapplied }: Vm): { pinnedHostIds?: string[]; preferredHostIds?: string[] } {
  if (ids.length === 0) return {};
  const { placement_policy: policy } = unapplied as { readonly placement_policy?: { readonly affinity?: string } };
  return policy?.affinity === 'pinned' ? { pinnedHostIds: ids } : { preferredHostIds: ids };
}

const NAMING = 'placement_host_ids @> ARRAY[$1::uuid]';

/** Lets a host go: VMs that prefer it do so no more. @throws ConflictError if VMs are pinned to it */
export async function forgetHost(tx: EntityManager, hostId: string): Promise<void> {
  const pinned = await tx.query<{ name: string }[]>(
    `SELECT name FROM vm WHERE ${NAMING} AND unapplied #>> '{placement_policy,affinity}' = 'pinned' ORDER BY name`,
    [hostId],
  );
  if (pinned.length > 0)
    throw new ConflictError(
      `Cannot remove Host. The following VMs are configured to run only on this Host: ${pinned.map(({ name }) => name).join(', ')}. ` +
        'In order to remove Host, reconfigure the VM to run on a different Host or on any Host.',
    );
  await tx.query(`UPDATE vm SET placement_host_ids = array_remove(placement_host_ids, $1::uuid) WHERE ${NAMING}`, [hostId]);
}
