import { wireObject, wireString } from '@clinker/ovirt-api';
import { z } from 'zod';

/** oVirt's limits of names. */
const MAX_NAME = 255;

/** A shorter one can be tried out. */
const MIN_PASSWORD = 6;
const MAX_PASSWORD = 1_024;

const NO_CONTROL_CHARACTERS = /^\P{Cc}*$/u;

const text = wireString.max(MAX_NAME, `must have at most ${MAX_NAME} characters`).regex(NO_CONTROL_CHARACTERS, 'must be one line');

/** Alone, or with a profile or directory: `jane`, `jane@internal` or `jane@internal-authz`. */
const userName = wireString
  .transform((name) => name.trim())
  .pipe(z.string().regex(/^[\p{L}\p{N}._+@-]{1,255}$/u, 'can only include letters, numbers and the characters . _ + @ -'));

const password = wireString
  .min(MIN_PASSWORD, `must have at least ${MIN_PASSWORD} characters`)
  .max(MAX_PASSWORD, `must have at most ${MAX_PASSWORD} characters`);

/** The directory is named by its id, which is no uuid, or its name. */
const domain = wireObject({ id: wireString.optional(), name: wireString.optional() });

const settable = {
  name: text.optional(),
  last_name: text.optional(),
  email: text.optional(),
  department: text.optional(),
  password: password.optional(),
};

export const newUser = wireObject({ user_name: userName, domain: domain.optional(), ...settable });
export const changedUser = wireObject(settable);
export const newGroup = wireObject({ name: text.min(1, 'must not be empty'), domain: domain.optional() });

export type NewUser = z.output<typeof newUser>;
export type ChangedUser = z.output<typeof changedUser>;
export type NewGroup = z.output<typeof newGroup>;
