import { z } from 'zod';
import { diskIdSchema, volumeIdSchema } from '../disks/disk.ids';

/** A volume that is copied, byte by byte, into a new one: what the steps of the copying have to remember. */
const volumeCopyingState = {
  /** The disk whose data are copied. */
  diskId: diskIdSchema,
  diskName: z.string().default(''),
  sizeGiB: z.int().positive().default(1),
  sourceDomainId: z.string().default(''),
  sourceProviderId: z.string().default(''),
  sourceVolumeId: volumeIdSchema.nullable().default(null),
  /** The disk that gets the new volume: the same one if it moves. */
  targetDiskId: diskIdSchema,
  targetName: z.string(),
  targetDescription: z.string().default(''),
  targetDomainId: z.string(),
  targetProviderId: z.string(),
  /** The name of the new volume's type; null for Cinder's default. */
  targetVolumeType: z.string().nullable(),
  targetProfileId: z.string().nullable(),
  targetVolumeId: volumeIdSchema.nullable().default(null),
  /** The host that copies. */
  hostId: z.string().default(''),
  hostName: z.string().default(''),
};

/** What the steps know. */
export const volumeCopyingSchema = z.object(volumeCopyingState);

export type VolumeCopying = z.output<typeof volumeCopyingSchema>;
export type NewVolumeCopying = z.input<typeof volumeCopyingSchema>;
