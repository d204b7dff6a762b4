import { list, reference, wireBoolean, wireObject, wireUuid } from '@clinker/ovirt-api';
import { z } from 'zod';
import { objectText } from '../http/object-name.input';

const disk = wireObject({ id: wireUuid });

/** A new snapshot as clients send it. */
export const newSnapshot = wireObject({
  description: objectText,
  persist_memorystate: wireBoolean.optional(),
  /** The disks that it is to have; all if none is named. */
  disk_attachments: list('disk_attachment', wireObject({ id: wireUuid.optional(), disk: disk.optional() })).optional(),
});

const chosenDisk = wireObject({
  id: wireUuid,
  image_id: wireUuid.optional(),
  snapshot: wireObject({ id: wireUuid.optional() }).optional(),
});

/** The body of `previewsnapshot`. */
export const previewSchema = wireObject({
  snapshot: reference,
  disks: list('disk', chosenDisk).optional(),
  restore_memory: wireBoolean.optional(),
});

/** The body of `restore`. */
export const restoreSchema = wireObject({ disks: list('disk', chosenDisk).optional(), restore_memory: wireBoolean.optional() });

export type NewSnapshot = z.output<typeof newSnapshot>;
export type PreviewInput = z.output<typeof previewSchema>;
export type RestoreInput = z.output<typeof restoreSchema>;
