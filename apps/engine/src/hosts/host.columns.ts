import { booleanField, enumField, idField, numberField, sizeField } from '../search/field.kinds';
import { tagField } from '../tags/tag.columns';
import type { SearchFields } from '../search/searchable';

const STATUSES = ['up', 'non_responsive', 'non_operational', 'maintenance', 'initializing', 'down'];
const NEVER = [
  'connecting',
  'error',
  'install_failed',
  'installing',
  'installing_os',
  'kdumping',
  'pending_approval',
  'preparing_for_maintenance',
  'reboot',
  'unassigned',
];

const MIB = 2 ** 20;

/** Per cent, as of the last heartbeat. */
const memoryUsage = (alias: string): string => {
  const total = `(${alias}.capabilities ->> 'memoryBytes')::numeric`;
  return `CASE WHEN ${total} > 0 THEN 100 - 100 * ${alias}.memory_free_bytes / ${total} END`;
};

const cpus = (alias: string): string =>
  ['sockets', 'cores', 'threads'].map((part) => `(${alias}.capabilities #>> '{cpu,${part}}')::int`).join(' * ');

/** What a host can be searched by, alone or as that of a VM. @param alias of its table */
export const hostFields = (alias: string): SearchFields => ({
  id: idField(`${alias}.id`),
  name: `${alias}.name`,
  comment: `${alias}.comment`,
  address: `${alias}.address`,
  status: enumField(`${alias}.status`, STATUSES, { never: NEVER }),
  external_status: enumField("'ok'", ['ok'], { never: ['error', 'failure', 'info', 'warning'] }),
  architecture: `${alias}.capabilities #>> '{cpu,architecture}'`,
  cpu_model: `${alias}.capabilities #>> '{cpu,name}'`,
  version: `${alias}.capabilities ->> 'agentVersion'`,
  hw_id: `${alias}.capabilities ->> 'hardwareUuid'`,
  memory: sizeField(`(${alias}.capabilities ->> 'memoryBytes')::numeric`, MIB),
  mem_usage: numberField(memoryUsage(alias)),
  type: enumField("'rhel'", ['rhel'], { never: ['ovirt_node', 'rhev_h'] }),
  cpus: numberField(cpus(alias)),
  active_vms: numberField(`(SELECT count(*) FROM vm active WHERE active.host_id = ${alias}.id)`),
  migrating_vms: numberField('0::int'),
  update_available: booleanField('false'),
  tag: tagField('host_id', alias),
});
