import { properties, reference, wireBoolean, wireObject, wireString } from '@clinker/ovirt-api';
import { z } from 'zod';
import { objectName, objectText } from '../http/object-name.input';
import { MAX_DOMAIN_NAME } from '../storage-domains/storage-domain.input';

/** OpenStack's own limit of names of users, projects and domains. */
const MAX_ACCOUNT_TEXT = 255;
const MAX_PASSWORD = 4_096;
const MAX_ADDRESS = 2_048;

/** http and https only, without user, query or fragment: addresses are shown. */
function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '' && !/[?#\s]/.test(text);
}

const address = wireString
  .max(MAX_ADDRESS, `must have at most ${MAX_ADDRESS} characters`)
  .refine(isAddress, 'must be an http or https address without user, password, query and fragment, such as http://controller:5000/v3');

/** Cinder's address; an empty one means that it is taken from Keystone's catalogue. */
const cinderAddress = z.union([z.literal('').transform(() => null), address]);

const accountText = wireString.min(1, 'must not be empty').max(MAX_ACCOUNT_TEXT, `must have at most ${MAX_ACCOUNT_TEXT} characters`);

const settable = {
  description: objectText.optional(),
  url: cinderAddress.optional(),
  authentication_url: address.optional(),
  requires_authentication: wireBoolean.optional(),
  username: accountText.optional(),
  password: wireString.min(1, 'must not be empty').max(MAX_PASSWORD, `must have at most ${MAX_PASSWORD} characters`).optional(),
  tenant_name: accountText.optional(),
  /** Keystone's domains, named as oVirt's network providers name them; the same names are read from `properties`. */
  user_domain_name: accountText.optional(),
  project_domain_name: accountText.optional(),
  properties: properties.optional(),
};

export const newVolumeProvider = wireObject({ name: objectName(MAX_DOMAIN_NAME), data_center: reference.optional(), ...settable });

/** A provider sent back with its data center keeps its place: a domain is attached and detached in its data center. */
export const changedVolumeProvider = wireObject({ name: objectName(MAX_DOMAIN_NAME).optional(), ...settable });

export type NewVolumeProvider = z.output<typeof newVolumeProvider>;
export type ChangedVolumeProvider = z.output<typeof changedVolumeProvider>;
