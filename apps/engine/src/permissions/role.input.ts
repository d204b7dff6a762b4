import { list, reference, wireBoolean, wireObject, wireString, wireUuid } from '@clinker/ovirt-api';
import { z } from 'zod';
import { objectName, objectText } from '../http/object-name.input';

/** A permit, by its number or its name. */
export const permitReference = wireObject({ id: wireString.optional(), name: wireString.optional() });
export type PermitReference = z.output<typeof permitReference>;

export const newRole = wireObject({
  name: objectName(126),
  description: objectText.optional(),
  administrative: wireBoolean.optional(),
  permits: list('permit', permitReference),
});
export type NewRole = z.output<typeof newRole>;

export const changedRole = wireObject({ name: objectName(126).optional(), description: objectText.optional() });
export type ChangedRole = z.output<typeof changedRole>;

/** A role by id or name, and a user or a group. */
export const newPermission = wireObject({
  role: reference,
  user: wireObject({ id: wireUuid }).optional(),
  group: wireObject({ id: wireUuid }).optional(),
});
export type NewPermission = z.output<typeof newPermission>;

const object = wireObject({ id: wireUuid }).optional();

/**
 * A role and the object on which a known user or group gets it; no object is the system. oVirt takes fewer types of objects here; what
 * it would not take must not become a permission on the system.
 */
export const newPermissionOfPrincipal = wireObject({
  role: reference,
  data_center: object,
  cluster: object,
  host: object,
  storage_domain: object,
  disk: object,
  vm: object,
  vm_pool: object,
  template: object,
  network: object,
  vnic_profile: object,
  quota: object,
  disk_profile: object,
  cpu_profile: object,
  mac_pool: object,
});
export type NewPermissionOfPrincipal = z.output<typeof newPermissionOfPrincipal>;
