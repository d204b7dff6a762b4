import { z } from 'zod';
import type { DiskId, VolumeId } from './disk.entity';

/** The ids as they stand in the state of sagas. */
export const diskIdSchema = z.uuid().transform((id) => id as DiskId);
export const volumeIdSchema = z.uuid().transform((id) => id as VolumeId);
