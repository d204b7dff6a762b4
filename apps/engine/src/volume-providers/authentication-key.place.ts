import type { SealedPlace } from '../encryption/secret-box';

/** Where the value of an authentication key is sealed. */
export const keyPlace = (keyId: string): SealedPlace => ({ table: 'authentication_key', id: keyId, column: 'value_sealed' });
