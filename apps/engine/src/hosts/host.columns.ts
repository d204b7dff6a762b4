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
  active_vms: numberField(`(SELECT count(*) FROM vm active WHERE active.host_id = ${alias}.id)`),
  migrating_vms: numberField('0::int'),
  update_available: booleanField('false'),
  tag: tagField('host_id', alias),
});
