import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** What a sealed value belongs to; it is authenticated with it, so that a value copied to another row or column does not open. */
export interface SealedPlace {
  readonly table: string;
  readonly id: string;
  readonly column: string;
}

/** A stored secret does not open: another key-encryption key, or a row that was tampered with. Never falls back to anything. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
}

const VERSION = 1;
const NONCE = 12;
const TAG = 16;
const KEY = 32;

const additional = (place: SealedPlace) => Buffer.from(`${VERSION}:${place.table}:${place.id}:${place.column}`);

/** nonce, tag and cipher text of AES-256-GCM in one buffer. */
function encrypt(key: Buffer, plain: Buffer, aad: Buffer): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function decrypt(key: Buffer, sealed: Buffer, aad: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE)).setAAD(aad);
  decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]);
}

/**
 * Encrypts secrets at rest: AES-256-GCM with a data key of its own for every value, which is wrapped by the engine's key-encryption key.
 * A sealed value is `version, wrapped data key, cipher text`, as base64 text.
 */
export class SecretBox {
  readonly #key: Buffer;

  /** @param keyHex 32 bytes in hexadecimal */
  constructor(keyHex: string) {
    this.#key = Buffer.from(keyHex, 'hex');
    if (!/^[0-9a-fA-F]{64}$/.test(keyHex)) throw new Error('The key-encryption key must be 32 bytes in hexadecimal');
  }

  seal(plain: string, place: SealedPlace): string {
    const dataKey = randomBytes(KEY);
    const wrapped = encrypt(this.#key, dataKey, additional(place));
    return Buffer.concat([Buffer.from([VERSION]), wrapped, encrypt(dataKey, Buffer.from(plain), additional(place))]).toString('base64');
  }

  /** @throws SealBrokenError */
  open(sealed: string, place: SealedPlace): string {
    const bytes = Buffer.from(sealed, 'base64');
    const wrappedLength = NONCE + TAG + KEY;
    try {
      if (bytes[0] !== VERSION) throw new Error(`unknown version ${bytes[0] ?? 'none'}`);
      const dataKey = decrypt(this.#key, bytes.subarray(1, 1 + wrappedLength), additional(place));
      return decrypt(dataKey, bytes.subarray(1 + wrappedLength), additional(place)).toString();
    } catch (cause) {
      throw new SealBrokenError(`The secret in ${place.table}.${place.column} of ${place.id} does not open with this key`, { cause });
    }
  }
}
