import { booleanField, enumField, idField, sizeField } from '../search/field.kinds';
import type { SearchFields } from '../search/searchable';

const STATUSES = ['unattached', 'active', 'inactive', 'maintenance', 'activating', 'preparing_for_maintenance'];
const OTHER_STATUSES = ['mixed', 'unknown', 'locked', 'detaching'];
const OTHER_STORAGE = ['iscsi', 'fcp', 'nfs', 'localfs', 'posixfs', 'glusterfs', 'glance', 'managed_block_storage'];
const OTHER_TYPES = ['data', 'iso', 'export', 'image', 'managed_block_storage'];

/** oVirt's status of a domain over all its data centers; here it has one at most. */
const shared = (alias: string): string =>
  `CASE ${alias}.status WHEN 'unattached' THEN 'unattached' WHEN 'active' THEN 'active' ELSE 'inactive' END`;

/** What a storage domain can be searched by, alone or as that of another object. @param alias of its table */
export const storageDomainFields = (alias: string): SearchFields => ({
  id: idField(`${alias}.id`),
  name: `${alias}.name`,
  description: `${alias}.description`,
  comment: `${alias}.comment`,
  status: enumField(`${alias}.status`, STATUSES, { never: OTHER_STATUSES }),
  shared_status: enumField(shared(alias), ['active', 'inactive', 'unattached'], { never: ['mixed'] }),
  external_status: enumField(`${alias}.external_status`, ['ok', 'warning', 'error'], { never: ['failure', 'info'] }),
  type: enumField(`${alias}.storage_type`, ['cinder'], { never: OTHER_STORAGE }),
  domain_type: enumField(`${alias}.type`, ['volume'], { never: OTHER_TYPES }),
  size: sizeField(`${alias}.available_bytes + ${alias}.used_bytes`),
  available: sizeField(`${alias}.available_bytes`),
  used: sizeField(`${alias}.used_bytes`),
  committed: sizeField(
    `(SELECT coalesce(sum(used.provisioned_size), 0)::bigint FROM disk used WHERE used.storage_domain_id = ${alias}.id)`,
  ),
  wipe_after_delete: booleanField('false'),
  backup: booleanField('false'),
});
