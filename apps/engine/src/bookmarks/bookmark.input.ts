import { wireObject, wireString } from '@clinker/ovirt-api';
import type { z } from 'zod';

/** oVirt's limits of a bookmark. */
const name = wireString.min(1, 'must not be empty').max(40, 'must have at most 40 characters');
const value = wireString.min(1, 'must not be empty').max(300, 'must have at most 300 characters');

export const newBookmark = wireObject({ name, value });
export const changedBookmark = wireObject({ name: name.optional(), value: value.optional() });

export type NewBookmark = z.output<typeof newBookmark>;
export type ChangedBookmark = z.output<typeof changedBookmark>;
