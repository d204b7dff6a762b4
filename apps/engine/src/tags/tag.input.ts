import { reference, wireObject, wireString, wireUuid } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectName, objectText } from '../http/object-name.input';

/** oVirt's limit of a tag's name. */
const MAX_NAME = 50;

/** The parent as v4 names it, or inside a tag as older clients do. */
const parent = wireObject({ id: wireUuid.optional(), name: wireString.optional(), tag: reference.optional() });

const settable = { description: objectText.optional(), parent: parent.optional() };

export const newTag = wireObject({ ...settable, name: objectName(MAX_NAME) });
export const changedTag = wireObject({ ...settable, name: objectName(MAX_NAME).optional() });

export type NewTag = z.output<typeof newTag>;
export type ChangedTag = z.output<typeof changedTag>;
