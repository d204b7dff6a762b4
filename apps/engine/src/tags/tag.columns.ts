import { textField, throughField } from '../search/field.kinds';
import type { SearchField } from '../search/searchable';

/** The names of an object's tags. @param column of tag_assignment @param alias of the object's table */
export const tagField = (column: 'vm_id' | 'host_id' | 'template_id' | 'account_id', alias: string): SearchField =>
  throughField(
    `tag_assignment JOIN tag ON tag.id = tag_assignment.tag_id WHERE tag_assignment.${column} = ${alias}.id`,
    textField('tag.name'),
  );
