import { idField } from '../search/field.kinds';
import type { SearchFields } from '../search/searchable';

/** What an interface of a VM or template can be searched by, as one of that. @param alias of its table */
export const nicFields = (alias: string): SearchFields => ({
  id: idField(`${alias}.id`),
  name: `${alias}.name`,
  network_name: `coalesce((SELECT network.name FROM vnic_profile profile JOIN network ON network.id = profile.network_id
    WHERE profile.id = ${alias}.vnic_profile_id), '')`,
});
