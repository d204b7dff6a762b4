import { messages, renderMessage } from '@clinker/ovirt-api';
import { type EntityManager, In } from 'typeorm';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { DiskSnapshot } from '../disks/disk-snapshot.entity';
import { DiskVolume } from '../disks/disk-volume.entity';
import { Disk, type DiskId } from '../disks/disk.entity';
import { ImportedSnapshot } from '../disks/imported-snapshot.entity';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { refuseTemplateDisk } from '../templates/template-disk.rules';
import { Vm } from '../vms/vm.entity';

export type MoveAction = 'move' | 'copy';

const names = (action: MoveAction) => ({ action, type: 'Virtual Disk' });

/**
 * The disk's row, this transaction's own: a disk that is well and that no VM uses.
 * @throws NotFoundError, ConflictError
 */
export async function takeIdleDisk(tx: EntityManager, id: DiskId, action: MoveAction): Promise<Disk> {
  const disk = await tx.findOne(Disk, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (!disk) throw new NotFoundError('Disk', id);
  if (disk.status === 'locked') throw new ConflictError(renderMessage(messages.DISK_LOCKED, names(action)));
  if (disk.status === 'illegal' || !disk.volumeId)
    throw new ConflictError(renderMessage(messages.DISKS_ILLEGAL, { ...names(action), diskAliases: disk.name }));
  const attachments = await tx.findBy(DiskAttachment, { diskId: id });
  const vms = await tx.findBy(Vm, {
    id: In(attachments.filter(({ plugged, status }) => plugged || status === 'locked').map(({ vmId }) => vmId)),
  });
  const users = vms.filter(({ status }) => status !== 'down').map(({ name }) => name);
  if (users.length > 0) throw new ConflictError(renderMessage(messages.DISK_ACTIVE_IN_VM, { ...names(action), vmNames: users.join(', ') }));
  return disk;
}

const STATELESS = `SELECT vm.name FROM disk_attachment attached JOIN vm ON vm.id = attached.vm_id WHERE attached.disk_id = $1 AND vm.stateless`;

/** A disk that others are made of, or that is made anew itself, keeps its place. @throws ConflictError */
export async function refuseDependants(tx: EntityManager, { id: diskId, name }: Disk): Promise<void> {
  await refuseTemplateDisk(tx, diskId, 'move');
  const [stateless] = await tx.query<{ name: string }[]>(STATELESS, [diskId]);
  if (stateless)
    throw new ConflictError(`Cannot move Virtual Disk. VM ${stateless.name} is stateless: when it stops the disk ${name} is made anew.`);
}

/** Snapshots depend on the volume, and would be lost with it. @throws ConflictError */
export async function refuseSnapshots(tx: EntityManager, { id: diskId, name }: Pick<Disk, 'id' | 'name'>): Promise<void> {
  const tables = [DiskSnapshot, DiskVolume, ImportedSnapshot];
  const found = await Promise.all(tables.map((table) => tx.existsBy(table, { diskId })));
  if (found.includes(true))
    throw new ConflictError(`Cannot move Virtual Disk. The disk ${name} has snapshots, and they cannot be moved: remove them first.`);
}

const HOSTS = `
  SELECT host.id, host.name, host.status, ARRAY(
    SELECT DISTINCT provider.name FROM authentication_key key JOIN volume_provider provider ON provider.id = key.provider_id
    WHERE key.provider_id = ANY($2::uuid[]) AND NOT key.id = ANY(host.secret_uuids)) AS missing
  FROM host JOIN cluster ON cluster.id = host.cluster_id WHERE cluster.data_center_id = $1 ORDER BY host.name`;

interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly missing: readonly string[];
}

/** A host that can open the volumes of these providers. @throws ConflictError that says of every host why it cannot */
export async function chooseHost(
  tx: EntityManager,
  dataCenterId: string | null,
  providerIds: readonly string[],
  action: MoveAction,
): Promise<{ hostId: string; hostName: string }> {
  const hosts = await tx.query<Candidate[]>(HOSTS, [dataCenterId, providerIds]);
  const fit = hosts.find(({ status, missing }) => status === 'up' && missing.length === 0);
  if (fit) return { hostId: fit.id, hostName: fit.name };
  const reasons = hosts.map(({ name, status, missing }) =>
    status === 'up'
      ? `${name} does not have the authentication keys of ${missing.join(', ')} yet`
      : `${name} is ${status.replaceAll('_', ' ')}`,
  );
  throw new ConflictError(
    `Cannot ${action} Virtual Disk. No host can copy the data: ${reasons.join('; ') || 'the Data Center has no hosts'}.`,
  );
}
