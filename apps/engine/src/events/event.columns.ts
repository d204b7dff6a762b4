import { userNameField } from '../accounts/account.columns';
import { booleanField, dateField, enumField, idField, numberField, textField, throughField } from '../search/field.kinds';
import type { SearchField, SearchFields } from '../search/searchable';

/** The name of what an event is about. */
const nameOf = (table: string, column: string): SearchField =>
  throughField(`${table} subject WHERE subject.id = ${column}`, textField(`subject.name`));

/** What an event can be searched by, alone or as one of another object. @param alias of its table */
export const eventFields = (alias: string): SearchFields => ({
  id: numberField(`${alias}.id`),
  severity: enumField(`${alias}.severity`, ['normal', 'warning', 'error', 'alert'], { ordered: true }),
  message: `${alias}.description`,
  description: `${alias}.description`,
  time: dateField(`${alias}.time`),
  correlation_id: `${alias}.correlation_id`,
  origin: `${alias}.origin`,
  type: numberField(`${alias}.code`),
  code: numberField(`${alias}.code`),
  custom_event_id: numberField(`${alias}.custom_id`),
  deleted: booleanField(`${alias}.deleted`),
  usrname: throughField(`account actor WHERE actor.id = ${alias}.user_id`, userNameField('actor')),
  usrid: idField(`${alias}.user_id`),
  event_vm: nameOf('vm', `${alias}.vm_id`),
  event_host: nameOf('host', `${alias}.host_id`),
  event_storage: nameOf('storage_domain', `${alias}.storage_domain_id`),
  event_datacenter: nameOf('data_center', `${alias}.data_center_id`),
  event_cluster: nameOf('cluster', `${alias}.cluster_id`),
  event_template: nameOf('template', `${alias}.template_id`),
  event_disk: nameOf('disk', `${alias}.disk_id`),
  event_vm_id: idField(`${alias}.vm_id`),
  event_host_id: idField(`${alias}.host_id`),
  event_storage_id: idField(`${alias}.storage_domain_id`),
  event_datacenter_id: idField(`${alias}.data_center_id`),
  event_cluster_id: idField(`${alias}.cluster_id`),
  event_template_id: idField(`${alias}.template_id`),
  event_disk_id: idField(`${alias}.disk_id`),
});
