import { enumField, idField } from '../search/field.kinds';
import type { SearchFields } from '../search/searchable';

/** What a cluster can be searched by, alone or as that of another object. @param alias of its table */
export const clusterFields = (alias: string): SearchFields => ({
  id: idField(`${alias}.id`),
  name: `${alias}.name`,
  description: `${alias}.description`,
  comment: `${alias}.comment`,
  architecture: enumField(`${alias}.cpu_architecture`, ['x86_64'], { never: ['undefined', 'ppc64', 's390x', 'aarch64'] }),
});
