import { dateField, enumField, idField, numberField } from '../search/field.kinds';
import { tagField } from '../tags/tag.columns';
import type { SearchFields } from '../search/searchable';

/** What a template can be searched by, alone or as that of a VM. @param alias of its table */
export const templateFields = (alias: string): SearchFields => ({
  id: idField(`${alias}.id`),
  name: `${alias}.name`,
  description: `${alias}.description`,
  comment: `${alias}.comment`,
  status: enumField(`${alias}.status`, ['ok', 'locked', 'illegal']),
  creationdate: dateField(`${alias}.creation_time`),
  version_name: `${alias}.version_name`,
  tag: tagField('template_id', alias),
  version_number: numberField(`${alias}.version_number`),
});
