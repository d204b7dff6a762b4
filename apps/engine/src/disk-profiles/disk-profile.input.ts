import { reference, wireObject, wireUuid } from '@clinker/ovirt-api';
import { z } from 'zod';
import { objectName, objectText } from '../http/object-name.input';

/** oVirt's limit of a profile's name. */
const MAX_NAME = 50;

/** Nothing inside, or the empty id that oVirt's clients send, takes the limits away. */
const qos = wireObject({ id: z.preprocess((id) => (id === '' ? undefined : id), wireUuid.optional()) });

const settable = { description: objectText.optional(), comment: objectText.optional(), qos: qos.optional() };

/** A profile that is added below a storage domain names none. */
export const newDiskProfileHere = wireObject({ ...settable, name: objectName(MAX_NAME) });
export const newDiskProfile = wireObject({ ...settable, name: objectName(MAX_NAME), storage_domain: reference });
export const changedDiskProfile = wireObject({ ...settable, name: objectName(MAX_NAME).optional() });

export type NewDiskProfile = z.output<typeof newDiskProfile>;
export type NewDiskProfileHere = z.output<typeof newDiskProfileHere>;
export type ChangedDiskProfile = z.output<typeof changedDiskProfile>;
