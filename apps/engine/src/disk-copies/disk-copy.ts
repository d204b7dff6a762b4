import { bytesToGiB, gibToBytes } from '@clinker/cinder';
import { randomUUID } from 'node:crypto';
import { type EntityManager, In } from 'typeorm';
import { z } from 'zod';
import { Disk, type DiskId } from '../disks/disk.entity';
import { diskIdSchema, diskSnapshotIdSchema, volumeIdSchema, volumeSnapshotIdSchema } from '../disks/disk.ids';
import type { DiskSnapshotId, VolumeSnapshotId } from '../disks/disk-snapshot.entity';
import { permitCreator } from '../permissions/creator.permission';
import { type StorageDemand, consumeStorage } from '../quotas/quota.consumption';
import { StorageDomain } from '../storage-domains/storage-domain.entity';

/** A disk that is made as a copy, as it stands in the state of a saga. */
export const diskCopySchema = z.object({
  diskId: diskIdSchema,
  name: z.string(),
  sizeGiB: z.int().positive(),
  /** The type's name; null for that of the source. */
  volumeType: z.string().nullable(),
  providerId: z.string(),
  /** The disk as it is now is copied, through a snapshot that goes again. Null if a snapshot is copied that is there already. */
  origin: z.object({ diskId: diskIdSchema, volumeId: volumeIdSchema, markedAs: diskSnapshotIdSchema }).nullable(),
  /** The snapshot in Cinder that is copied, as soon as there is one. */
  snapshotId: volumeSnapshotIdSchema.nullable(),
  volumeId: volumeIdSchema.nullable(),
  /** True as soon as Cinder was seen to have made the volume. */
  isMade: z.boolean().default(false),
});

export type DiskCopy = z.output<typeof diskCopySchema>;

/** What every saga keeps that copies disks. */
export const copyingSchema = z.object({
  copies: z.array(diskCopySchema),
  /** True after the disks that are copied were given back: from then on they are nobody's. */
  originsReleased: z.boolean().default(false),
});

export type Copying = z.output<typeof copyingSchema>;

/** What a copy is made of: the snapshot if there is one, otherwise the disk as it is. */
export interface CopySource {
  readonly disk: Disk;
  readonly snapshotId?: VolumeSnapshotId | null | undefined;
  /** Bytes; those of the disk unless the snapshot is older than its last change of size. */
  readonly sizeBytes?: number | undefined;
}

/**
 * Records the new disks, locked, in the order of their sources.
 * @param nameOf a name for each
 * @param ownerId who gets the creator's role on them; null for nobody
 */
export async function recordCopies(
  tx: EntityManager,
  sources: readonly CopySource[],
  nameOf: (source: CopySource, index: number) => string,
  ownerId: string | null,
): Promise<DiskCopy[]> {
  const domains = await tx.findBy(StorageDomain, { id: In(sources.map(({ disk }) => disk.storageDomainId)) });
  const providers = new Map(domains.map(({ id, providerId }) => [id, providerId]));
  const copies = sources.map((source, index) => planned(source, nameOf(source, index), providers.get(source.disk.storageDomainId) ?? ''));
  await takeOfQuotas(tx, sources);
  await tx.insert(
    Disk,
    sources.map(({ disk, sizeBytes }, index) => {
      const copy = copies[index]!;
      const size = gibToBytes(bytesToGiB(sizeBytes ?? disk.provisionedSize));
      return { ...copiedSettings(disk), id: copy.diskId, name: copy.name, provisionedSize: size };
    }),
  );
  for (const { diskId } of ownerId === null ? [] : copies) await permitCreator(tx, ownerId, 'disk', diskId);
  return copies;
}

/** Each copy is taken of its source's quota; those of one domain and quota together, because none is there yet. @throws ConflictError */
async function takeOfQuotas(tx: EntityManager, sources: readonly CopySource[]): Promise<void> {
  const demands = new Map<string, StorageDemand>();
  for (const { disk, sizeBytes } of sources) {
    const { quotaId, storageDomainId } = disk;
    const key = `${storageDomainId} ${quotaId ?? ''}`;
    const bytes = gibToBytes(bytesToGiB(sizeBytes ?? disk.provisionedSize)) + (demands.get(key)?.bytes ?? 0);
    demands.set(key, { action: 'add', type: 'Virtual Disk', quotaId, storageDomainId, bytes });
  }
  for (const demand of demands.values()) await consumeStorage(tx, demand);
}

function planned({ disk, snapshotId, sizeBytes }: CopySource, name: string, providerId: string): DiskCopy {
  const markedAs = randomUUID() as string as DiskSnapshotId;
  return {
    diskId: randomUUID() as string as DiskId,
    name,
    sizeGiB: bytesToGiB(sizeBytes ?? disk.provisionedSize),
    volumeType: disk.volumeType,
    providerId,
    origin: snapshotId || !disk.volumeId ? null : { diskId: disk.id, volumeId: disk.volumeId, markedAs },
    snapshotId: snapshotId ?? null,
    volumeId: null,
    isMade: false,
  };
}

const copiedSettings = ({ description, storageDomainId, volumeType, sparse, wipeAfterDelete, propagateErrors, quotaId }: Disk) => ({
  quotaId,
  description,
  storageDomainId,
  volumeType,
  sparse,
  wipeAfterDelete,
  propagateErrors,
  shareable: false,
  volumeId: null,
  status: 'locked' as const,
  statusReason: null,
  creationTime: new Date(),
});
