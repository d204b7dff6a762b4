import { type EntityManager, In } from 'typeorm';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { Disk } from '../disks/disk.entity';
import { StorageDomain } from '../storage-domains/storage-domain.entity';

/** A disk that the VM sees when it runs. */
export interface PluggedDisk {
  readonly attachment: DiskAttachment;
  readonly disk: Disk;
  readonly domain: StorageDomain;
}

/**
 * The VM's plugged disks, by name.
 * @param lock keeps the disks, their attachments and domains as they are until the transaction ends
 */
export async function pluggedDisks(db: EntityManager, vmId: string, lock = false): Promise<PluggedDisk[]> {
  const rows = lock ? { lock: { mode: 'pessimistic_write' as const } } : {};
  const attachments = await db.find(DiskAttachment, { where: { vmId, plugged: true }, order: { diskId: 'ASC' }, ...rows });
  const disks = await db.find(Disk, { where: { id: In(attachments.map(({ diskId }) => diskId)) }, order: { id: 'ASC' }, ...rows });
  const domainIds = In(disks.map(({ storageDomainId }) => storageDomainId));
  const domains = await db.find(StorageDomain, {
    where: { id: domainIds },
    ...(lock ? { lock: { mode: 'pessimistic_read' as const } } : {}),
  });
  const found = attachments.flatMap((attachment): PluggedDisk[] => {
    const disk = disks.find(({ id }) => id === attachment.diskId);
    const domain = domains.find(({ id }) => id === disk?.storageDomainId);
    return disk && domain ? [{ attachment, disk, domain }] : [];
  });
  return found.sort((a, b) => (a.disk.name < b.disk.name ? -1 : 1));
}
