import {
  type ReferenceInput,
  list,
  reference,
  wireBoolean,
  wireEnum,
  wireInteger,
  wireObject,
  wireString,
  wireUuid,
} from '@clinker/ovirt-api';
import { z } from 'zod';
import { objectName, objectText } from '../http/object-name.input';
import { quotaReference } from '../quotas/quota.reference';

/** oVirt's limit of a disk's alias. */
const MAX_NAME = 255;

/** The largest disk (bytes) that makes sense: 1 PiB. */
export const MAX_DISK_BYTES = 2 ** 50;

const size = wireInteger({ min: 1, max: MAX_DISK_BYTES });
const format = wireEnum(['raw', 'cow'], 'DiskFormat');

/** Ansible sends an empty `<storage_domain/>` for one that its user has not named. */
const perhapsReference = wireObject({ id: wireUuid.optional(), name: wireString.min(1).optional() });

const namedOnes = (references: readonly ReferenceInput[]): ReferenceInput[] =>
  references.filter(({ id, name }) => id !== undefined || name !== undefined);

const settings = {
  /** The same field under two names; `name` wins. */
  name: objectName(MAX_NAME).optional(),
  alias: objectName(MAX_NAME).optional(),
  description: objectText.optional(),
  sparse: wireBoolean.optional(),
  shareable: wireBoolean.optional(),
  wipe_after_delete: wireBoolean.optional(),
  propagate_errors: wireBoolean.optional(),
  backup: wireEnum(['none', 'incremental'], 'DiskBackup').optional(),
  storage_domain: reference.optional(),
  storage_domains: list('storage_domain', perhapsReference).transform(namedOnes).optional(),
  openstack_volume_type: reference.optional(),
  disk_profile: reference.optional(),
  quota: quotaReference.optional(),
};

/** A new disk, as its own object. The id is the client's if it gives one. */
export const newDisk = wireObject({ ...settings, id: wireUuid.pipe(z.uuid()).optional(), provisioned_size: size, format });

const partial = { ...settings, provisioned_size: size.optional(), format: format.optional() };

/** A change of a disk; what is not given stays. */
export const changedDisk = wireObject(partial);

/** A disk inside another object: one that exists, by its id, or what a new one is to be. */
export const enclosedDisk = wireObject({ ...partial, id: wireUuid.optional() });

/** How a volume is called that becomes a disk, if not as it was. */
export type RegisteredDisk = Pick<EnclosedDisk, 'name' | 'alias' | 'description'>;
export type NewDisk = z.output<typeof newDisk>;
export type ChangedDisk = z.output<typeof changedDisk>;
export type EnclosedDisk = z.output<typeof enclosedDisk>;
