import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Blueprint, CopiedNic } from '../blueprints/blueprint';
import { Cluster } from '../clusters/cluster.entity';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { type DiskCopy, recordCopies } from '../disk-copies/disk-copy';
import { allocateMac } from '../networks/mac-address.allocation';
import { Nic } from '../networks/nic.entity';
import { Vm } from './vm.entity';
import { type VmSettings, ownSettings } from './vm.settings';

/** A VM that is not there yet. */
export interface NewVm {
  readonly name: string;
  readonly clusterId: string;
  readonly templateId: string;
  readonly settings: VmSettings;
  /** Null for the data center's default. */
  readonly quotaId?: string | null;
  readonly stateless?: boolean;
  readonly instanceTypeId?: string | null;
  readonly placementHostIds?: string[];
  /** The pool that it belongs to. */
  readonly vmPoolId?: string;
}

/** Records a VM that is down, with its interfaces and the disks that it is to get, locked. @returns its id, and the disks to make */
export async function recordVm(
  tx: EntityManager,
  { settings, stateless = false, ...wanted }: NewVm,
  { disks, nics }: Blueprint,
  ownerId: string,
): Promise<{ id: string; copies: DiskCopy[] }> {
  const id = randomUUID();
  const row = { ...wanted, ...ownSettings(settings), id, stateless, stopReason: '', creationTime: new Date() };
  await tx.insert(Vm, { ...row, status: 'down' });
  const sources = disks.map(({ source }) => source);
  const copies = await recordCopies(tx, sources, (_source, index) => `${wanted.name}_Disk${index + 1}`, ownerId);
  const attachments = disks.map(({ binding }, index) => ({ ...binding, vmId: id, diskId: copies[index]!.diskId, status: 'ok' as const }));
  await tx.insert(DiskAttachment, attachments);
  await recordNics(tx, id, wanted.clusterId, nics);
  return { id, copies };
}

const REACHABLE = `SELECT profile.id FROM vnic_profile profile JOIN network ON network.id = profile.network_id WHERE network.data_center_id = $1`;

/** Each interface gets an address of its own; a profile of another data center is left out. */
async function recordNics(tx: EntityManager, vmId: string, clusterId: string, nics: readonly CopiedNic[]): Promise<void> {
  if (nics.length === 0) return;
  const { macPoolId, dataCenterId } = await tx.findOneByOrFail(Cluster, { id: clusterId });
  const reachable = new Set((await tx.query<{ id: string }[]>(REACHABLE, [dataCenterId])).map(({ id }) => id));
  for (const nic of nics) {
    const mac = await allocateMac(tx, { macPoolId, wanted: undefined, action: 'add' });
    const vnicProfileId = nic.vnicProfileId !== null && reachable.has(nic.vnicProfileId) ? nic.vnicProfileId : null;
    await tx.insert(Nic, { ...nic, id: randomUUID(), vmId, mac, macPoolId, vnicProfileId });
  }
}
