import { reference, wireObject } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectName, objectText } from '../http/object-name.input';

/** oVirt's limit of a profile's name. */
const MAX_NAME = 50;

const settable = { description: objectText.optional(), comment: objectText.optional() };

/** A profile that is added below a storage domain names none. */
export const newDiskProfileHere = wireObject({ ...settable, name: objectName(MAX_NAME) });
export const newDiskProfile = wireObject({ ...settable, name: objectName(MAX_NAME), storage_domain: reference });
export const changedDiskProfile = wireObject({ ...settable, name: objectName(MAX_NAME).optional() });

export type NewDiskProfile = z.output<typeof newDiskProfile>;
export type NewDiskProfileHere = z.output<typeof newDiskProfileHere>;
export type ChangedDiskProfile = z.output<typeof changedDiskProfile>;
