import { dateField, enumField, idField, numberField, sizeField } from '../search/field.kinds';
import { tagField } from '../tags/tag.columns';
import type { SearchFields } from '../search/searchable';
import { BLANK_SETTINGS } from '../vms/vm.settings';

const MIB = 2 ** 20;

/** What a template can be searched by, alone or as that of a VM. Memory without a unit is MiB. @param alias of its table */
export const templateFields = (alias: string): SearchFields => ({
  id: idField(`${alias}.id`),
  name: `${alias}.name`,
  description: `${alias}.description`,
  comment: `${alias}.comment`,
  status: enumField(`${alias}.status`, ['ok', 'locked', 'illegal']),
  creationdate: dateField(`${alias}.creation_time`),
  os: `coalesce(${alias}.settings ->> 'osType', '${BLANK_SETTINGS.osType}')`,
  mem: sizeField(`coalesce((${alias}.settings ->> 'memory')::numeric, ${BLANK_SETTINGS.memory})`, MIB),
  childcount: numberField(`(SELECT count(*) FROM vm child WHERE child.template_id = ${alias}.id)`),
  version_name: `${alias}.version_name`,
  tag: tagField('template_id', alias),
  version_number: numberField(`${alias}.version_number`),
});
