import { type EntityManager, In } from 'typeorm';
import { z } from 'zod';
import { diskIdSchema, volumeIdSchema } from '../disks/disk.ids';
import type { DiskId, VolumeId } from '../disks/disk.entity';
import { VmSnapshot } from '../snapshots/vm-snapshot.entity';
import { SnapshotMemory } from './snapshot-memory.entity';

/** A memory that is there, as it stands in the state of sagas. Sizes in bytes. */
export const keptMemorySchema = z.object({
  memoryId: diskIdSchema,
  providerId: z.string(),
  volumeId: volumeIdSchema,
  provisionedSize: z.number(),
  imageBytes: z.number(),
});
export type KeptMemory = z.output<typeof keptMemorySchema>;

/** A volume with a memory, as those of disks that are to go. */
export interface MemoryVolume {
  readonly diskId: DiskId;
  readonly providerId: string;
  readonly volumeId: VolumeId;
}

const kept = ({ id, providerId, volumeId, provisionedSize, imageBytes }: SnapshotMemory): KeptMemory[] =>
  volumeId === null ? [] : [{ memoryId: id, providerId, volumeId, provisionedSize, imageBytes }];

/** The memory with which the VM's next run begins. */
export async function memoryForNextRun(tx: EntityManager, vmId: string): Promise<KeptMemory | undefined> {
  return (await tx.findBy(SnapshotMemory, { vmId, forNextRun: true })).flatMap(kept)[0];
}

/** Lets the VM's next run begin with the memory of a snapshot; or, with null, as any other. A snapshot without memory has none to give. */
export async function useMemoryOf(tx: EntityManager, vmId: string, snapshotId: string | null): Promise<void> {
  await tx.update(SnapshotMemory, { vmId, forNextRun: true }, { forNextRun: false });
  if (snapshotId !== null) await tx.update(SnapshotMemory, { vmId, snapshotId }, { forNextRun: true });
}

/** The volumes with the memory of snapshots. */
export async function memoryVolumesOf(tx: EntityManager, snapshotIds: readonly string[]): Promise<MemoryVolume[]> {
  const rows = await tx.findBy(SnapshotMemory, { snapshotId: In([...snapshotIds]) });
  return rows.flatMap(kept).map(({ memoryId: diskId, providerId, volumeId }) => ({ diskId, providerId, volumeId }));
}

/** Forgets memories whose volumes are gone in Cinder, other volumes among them; their snapshots may stay, without memory. */
export async function forgetMemories(tx: EntityManager, volumes: readonly { readonly volumeId: VolumeId }[]): Promise<void> {
  const rows = await tx.findBy(SnapshotMemory, { volumeId: In(volumes.map(({ volumeId }) => volumeId)) });
  await tx.delete(SnapshotMemory, { id: In(rows.map(({ id }) => id)) });
  const snapshotIds = rows.flatMap(({ snapshotId }) => snapshotId ?? []);
  await tx.update(VmSnapshot, { id: In(snapshotIds) }, { persistMemorystate: false });
}

const SHARERS = `UPDATE snapshot_memory SET for_next_run = false
  WHERE for_next_run AND snapshot_id IS NOT NULL AND vm_id <> $1 AND vm_id IN (SELECT vm_id FROM disk_attachment WHERE disk_id = ANY($2::uuid[]))`;

/**
 * A VM that runs changes its disks: the memory of other VMs that have them, kept for their next run, would not fit any more. What a
 * suspended VM has plugged is its own alone.
 */
export async function spoilMemoriesOfSharers(tx: EntityManager, vmId: string, diskIds: readonly DiskId[]): Promise<void> {
  await tx.query(SHARERS, [vmId, diskIds]);
}

/** Forgets a memory whose volume is gone in Cinder. */
export async function forgetMemory(tx: EntityManager, { memoryId: id }: Pick<KeptMemory, 'memoryId'>): Promise<void> {
  await tx.delete(SnapshotMemory, { id });
}
