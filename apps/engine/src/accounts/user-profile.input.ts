import { wireObject, wireString } from '@clinker/ovirt-api';
import { z } from 'zod';
import { objectName } from '../http/object-name.input';

/** Longer than any key, and than what user interfaces keep. */
const MAX_CONTENT = 65_536;
const MAX_NAME = 255;

const KEY_TYPES = /^(ssh-(rsa|dss|ed25519)|ecdsa-sha2-\S+|sk-\S+)\s+\S+/;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const key = wireString
  .max(MAX_CONTENT, `must have at most ${MAX_CONTENT} characters`)
  .transform((text) => text.trim())
  .pipe(z.string().regex(KEY_TYPES, "must be a public key as in authorized_keys, such as 'ssh-ed25519 AAAA… comment'"));

const json = wireString.max(MAX_CONTENT, `must have at most ${MAX_CONTENT} characters`).refine(isJson, 'must be JSON');

export const newSshPublicKey = wireObject({ content: key });
export const newUserOption = wireObject({ name: objectName(MAX_NAME), content: json });

export type NewSshPublicKey = z.output<typeof newSshPublicKey>;
export type NewUserOption = z.output<typeof newUserOption>;
