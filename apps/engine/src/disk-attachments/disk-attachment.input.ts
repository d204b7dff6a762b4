import { wireBoolean, wireEnum, wireObject } from '@clinker/ovirt-api';
import { z } from 'zod';
import { changedDisk, enclosedDisk } from '../disks/disk.input';

/** All of oVirt's, so that one that we lack is refused with a better text than one that nobody has. */
const diskInterface = wireEnum(['ide', 'sata', 'spapr_vscsi', 'virtio', 'virtio_scsi'], 'DiskInterface');

const settings = {
  active: wireBoolean.optional(),
  bootable: wireBoolean.optional(),
  interface: diskInterface.optional(),
  read_only: wireBoolean.optional(),
  pass_discard: wireBoolean.optional(),
  uses_scsi_reservation: wireBoolean.optional(),
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Clients send a whole disk along with its id: then the id is all that counts. */
const idAlone = (disk: unknown): unknown => (isObject(disk) && disk['id'] !== undefined ? { id: disk['id'] } : disk);

/** A disk of a VM: one that exists, by its id, or a new one. */
export const newAttachment = wireObject({ ...settings, disk: z.preprocess(idAlone, enclosedDisk) });

/** A change of a disk of a VM, and of the disk itself; what is not given stays. */
export const changedAttachment = wireObject({ ...settings, disk: changedDisk.optional() });

export type NewAttachment = z.output<typeof newAttachment>;
export type ChangedAttachment = z.output<typeof changedAttachment>;
