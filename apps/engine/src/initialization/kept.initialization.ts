import type { Wire, WireObject } from '@clinker/ovirt-api';
import type { SecretBox } from '../encryption/secret-box';
import { mergedWire } from '../http/unapplied.settings';
import type { Initialization } from './initialization.input';

/**
 * An initialization as VMs, templates and snapshots keep it: with its password sealed. Every copy has the same sealed text, because whoever makes a
 * template or a clone copies rows and opens no secrets.
 */
export type KeptInitialization = Omit<Initialization, 'root_password'> & {
  readonly root_password?: never;
  readonly password_sealed?: string;
};

const PLACE = { table: 'initialization', id: 'all', column: 'root_password' } as const;

/** What a client gave, with its password sealed; an empty one takes away the password that was there. */
export function sealedInitialization(box: SecretBox, { root_password: password, ...rest }: Initialization): KeptInitialization {
  if (password === undefined) return rest;
  return { ...rest, password_sealed: password === '' ? '' : box.seal(password, PLACE) };
}

/** The inverse of {@link sealedInitialization}. @throws SealBrokenError */
export function openInitialization(box: SecretBox, { password_sealed: sealed, ...rest }: KeptInitialization): Initialization {
  return sealed ? { ...rest, root_password: box.open(sealed, PLACE) } : rest;
}

/** Input of which the password is sealed. */
export type Sealed<Input> = Omit<Input, 'initialization'> & { readonly initialization?: KeptInitialization | undefined };

/** The same input, with the password of its initialization sealed. */
export function withSealedPassword<Input extends { readonly initialization?: Initialization | undefined }>(
  box: SecretBox,
  { initialization, ...input }: Input,
): Sealed<Input> {
  return initialization ? { ...input, initialization: sealedInitialization(box, initialization) } : input;
}

/** What there is after a request: members that were not given stay. */
export const mergedInitialization = (now: KeptInitialization, asked: KeptInitialization = {}): KeptInitialization => mergedWire(now, asked);

/** As clients see it: without the password. Undefined if there is nothing to see. */
export function shownInitialization(kept: KeptInitialization = {}): WireObject | undefined {
  const shown = Object.entries<Wire>(kept).filter(([name]) => name !== 'password_sealed');
  return shown.length === 0 ? undefined : Object.fromEntries(shown);
}
