import { reference, wireObject } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectName, objectText } from '../http/object-name.input';

/** oVirt's limit of a disk's alias. */
const MAX_NAME = 255;

const name = objectName(MAX_NAME).optional();

/** oVirt's action; `disk` says how the copy is called, and of what type the new volume is to be. */
export const diskMove = wireObject({
  storage_domain: reference.optional(),
  disk_profile: reference.optional(),
  disk: wireObject({
    name,
    alias: name,
    description: objectText.optional(),
    disk_profile: reference.optional(),
    openstack_volume_type: reference.optional(),
  }).optional(),
});

export type DiskMove = z.output<typeof diskMove>;
