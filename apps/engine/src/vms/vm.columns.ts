import { booleanField, dateField, enumField, idField, numberField, sizeField, textField, throughField } from '../search/field.kinds';
import { tagField } from '../tags/tag.columns';
import type { SearchFields } from '../search/searchable';

const STATUSES = [
  'down',
  'wait_for_launch',
  'powering_up',
  'up',
  'paused',
  'powering_down',
  'unknown',
  'not_responding',
  'image_locked',
  'saving_state',
  'suspended',
  'restoring_state',
];
const NEVER = ['migrating', 'reboot_in_progress', 'unassigned', 'image_illegal'];

const MIB = 2 ** 20;

/** Seconds since the VM was started; nothing while it is down. */
const uptime = (alias: string): string => `CASE WHEN ${alias}.host_id IS NOT NULL THEN extract(epoch FROM now() - ${alias}.start_time) END`;

/** What a VM can be searched by, alone or as that of another object. Memory without a unit is MiB. What guests use is not searched for: it is 0. @param alias of its table */
export const vmFields = (alias: string): SearchFields => ({
  id: idField(`${alias}.id`),
  name: `${alias}.name`,
  description: `${alias}.description`,
  comment: `${alias}.comment`,
  status: enumField(`${alias}.status`, STATUSES, { never: NEVER }),
  type: enumField(`${alias}.type`, ['desktop', 'server', 'high_performance']),
  memory: sizeField(`${alias}.memory`, MIB),
  guaranteed_memory: sizeField(`${alias}.memory_guaranteed`, MIB),
  cpus: numberField(`${alias}.sockets * ${alias}.cores * ${alias}.threads`),
  os: `${alias}.os_type`,
  creationdate: dateField(`${alias}.creation_time`),
  uptime: numberField(uptime(alias)),
  stateless: booleanField(`${alias}.stateless`),
  delete_protected: booleanField(`${alias}.delete_protected`),
  next_run_config_exists: booleanField(`${alias}.next_run IS NOT NULL`),
  pool: `coalesce((SELECT pool.name FROM vm_pool pool WHERE pool.id = ${alias}.vm_pool_id), '')`,
  /** Whoever makes a VM is permitted on it; nothing else tells of him. */
  created_by_user_id: throughField(`permission creator WHERE creator.object_id = ${alias}.id`, idField('creator.account_id')),
  tag: tagField('vm_id', alias),
  quota: `coalesce((SELECT quota.name FROM quota WHERE quota.id = ${alias}.quota_id), '')`,
  ip: throughField(`jsonb_path_query(${alias}.guest, '$.devices[*].ips[*].address') ip WHERE true`, textField(`ip #>> '{}'`)),
  apps: "''",
  loggedinuser: "''",
  domain: "''",
  ...Object.fromEntries(['cpu_usage', 'mem_usage', 'network_usage'].map((usage) => [usage, numberField('0::int')])),
  fqdn: `coalesce(${alias}.guest ->> 'hostName', '')`,
});
