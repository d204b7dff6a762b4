import type { OvirtSchema } from './schema';

/** A request and the status of its answer. */
export interface Exchange {
  readonly method: string;
  /** Below the prefix of the API, without parameters. */
  readonly path: string;
  readonly status: number;
}

const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$|^\d+$|^[0-9a-f]{6}$/i;

/** Path segments that are not the element's name without underscores. */
const IRREGULAR: Readonly<Record<string, string>> = {
  '': 'api',
  authenticationkeys: 'openstack_volume_authentication_keys',
  numanodes: 'vm_numa_nodes',
  operatingsystems: 'operation_systems',
  volumetypes: 'open_stack_volume_types',
};

const SINGULAR: Readonly<Record<string, string>> = {
  openstack_volume_authentication_keys: 'openstack_volume_authentication_key',
  operation_systems: 'operating_system',
};

const collectionOf = (schema: OvirtSchema, segment: string): string | undefined =>
  IRREGULAR[segment] ?? [...schema.roots.keys()].find((root) => root.replaceAll('_', '') === segment);

function itemOf(collection: string): string {
  return SINGULAR[collection] ?? collection.replace(/ies$/, 'y').replace(/s$/, '');
}

function rootOfAddress(schema: OvirtSchema, method: string, path: string): string | undefined {
  const segments = path.split('/').filter(Boolean);
  const last = segments.at(-1) ?? '';
  const isObject = ID.test(last);
  const collection = collectionOf(schema, (isObject ? segments.at(-2) : last) ?? '');
  if (collection === undefined) return undefined;
  return isObject || method === 'POST' ? itemOf(collection) : collection;
}

/** The element of a JSON answer, which does not name it; undefined if the address does not tell. */
export function rootOfJson(schema: OvirtSchema, { method, path, status }: Exchange, body: object): string | undefined {
  if ('fault' in body) return 'action';
  if (status >= 400) return 'fault';
  // Several objects can be made by one request: then the answer is the list of them.
  const isList = Object.values(body).some((member) => Array.isArray(member));
  if (method === 'POST' && status === 200 && isList) return rootOfAddress(schema, 'GET', path);
  const isAction = method === 'DELETE' || (method === 'POST' && status === 200);
  return isAction ? 'action' : rootOfAddress(schema, method, path);
}
