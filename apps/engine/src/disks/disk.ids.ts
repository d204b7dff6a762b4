import { z } from 'zod';
import type { DiskId, VolumeId } from './disk.entity';
import type { DiskSnapshotId, VolumeSnapshotId } from './disk-snapshot.entity';

/**
 * The ids as they stand in the state of sagas. They are of any version, as clients name what they like and Cinder's objects may be of anybody: what is
 * not there is refused by the saga, with its name.
 */
const id = z.guid();

export const diskIdSchema = id.transform((text) => text as DiskId);
export const volumeIdSchema = id.transform((text) => text as VolumeId);
export const diskSnapshotIdSchema = id.transform((text) => text as DiskSnapshotId);
export const volumeSnapshotIdSchema = id.transform((text) => text as VolumeSnapshotId);
