import { enumField, idField, numberField } from '../search/field.kinds';
import type { SearchFields } from '../search/searchable';

/** What a pool can be searched by. @param alias of its table */
export const vmPoolFields = (alias: string): SearchFields => ({
  id: idField(`${alias}.id`),
  name: `${alias}.name`,
  description: `${alias}.description`,
  comment: `${alias}.comment`,
  type: enumField(`${alias}.type`, ['automatic', 'manual']),
  cluster: `(SELECT c.name FROM cluster c WHERE c.id = ${alias}.cluster_id)`,
  datacenter: `(SELECT dc.name FROM cluster c JOIN data_center dc ON dc.id = c.data_center_id WHERE c.id = ${alias}.cluster_id)`,
  template: `(SELECT t.name FROM template t WHERE t.id = ${alias}.template_id)`,
  size: numberField(`(SELECT count(*) FROM vm member WHERE member.vm_pool_id = ${alias}.id)`),
});
