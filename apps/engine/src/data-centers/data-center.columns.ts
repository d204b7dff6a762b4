import { booleanField, enumField, idField } from '../search/field.kinds';
import type { SearchFields } from '../search/searchable';
import { COMPATIBILITY_VERSION } from './compatibility.version';

const NEVER = ['maintenance', 'not_operational', 'problematic', 'contend', 'uninitialized'];

/** What a data center can be searched by, alone or as that of another object. @param alias of its table */
export const dataCenterFields = (alias: string): SearchFields => ({
  id: idField(`${alias}.id`),
  name: `${alias}.name`,
  description: `${alias}.description`,
  comment: `${alias}.comment`,
  status: enumField("'up'", ['up'], { never: NEVER }),
  local: booleanField('false'),
  compatibility_version: `'${COMPATIBILITY_VERSION.major}.${COMPATIBILITY_VERSION.minor}'`,
});
