import { booleanField, dateField, enumField, idField, numberField, sizeField, throughField, textField } from '../search/field.kinds';
import type { SearchFields } from '../search/searchable';

const OTHER_TYPES = ['image', 'lun', 'managed_block_storage'];
const OTHER_CONTENTS = [
  'backup_scratch',
  'hosted_engine',
  'hosted_engine_configuration',
  'hosted_engine_metadata',
  'hosted_engine_sanlock',
  'iso',
  'memory_dump_volume',
  'memory_metadata_volume',
  'ovf_store',
];

/** What a disk can be searched by, alone or as that of a VM. Sizes without a unit are GiB. @param alias of its table */
export const diskFields = (alias: string): SearchFields => ({
  id: idField(`${alias}.id`),
  name: `${alias}.name`,
  alias: `${alias}.name`,
  description: `${alias}.description`,
  status: enumField(`${alias}.status`, ['ok', 'locked', 'illegal']),
  provisioned_size: sizeField(`${alias}.provisioned_size`),
  size: sizeField(`${alias}.provisioned_size`),
  actual_size: sizeField(`CASE WHEN ${alias}.volume_id IS NULL THEN 0 ELSE ${alias}.provisioned_size END`),
  creation_date: dateField(`${alias}.creation_time`),
  shareable: booleanField(`${alias}.shareable`),
  wipe_after_delete: booleanField(`${alias}.wipe_after_delete`),
  bootable: booleanField(`EXISTS (SELECT FROM disk_attachment boot WHERE boot.disk_id = ${alias}.id AND boot.bootable)`),
  disk_type: enumField("'cinder'", ['cinder'], { never: OTHER_TYPES }),
  format: enumField("'raw'", ['raw'], { never: ['cow'] }),
  disk_content_type: enumField("'data'", ['data'], { never: OTHER_CONTENTS }),
  volume_type: `coalesce(${alias}.volume_type, '')`,
  image_id: idField(`${alias}.volume_id`),
  number_of_vms: numberField(`(SELECT count(*) FROM disk_attachment used WHERE used.disk_id = ${alias}.id)`),
  vm_names: throughField(
    `disk_attachment owner JOIN vm owning ON owning.id = owner.vm_id WHERE owner.disk_id = ${alias}.id`,
    textField('owning.name'),
  ),
  quota: `coalesce((SELECT quota.name FROM quota WHERE quota.id = ${alias}.quota_id), '')`,
});
