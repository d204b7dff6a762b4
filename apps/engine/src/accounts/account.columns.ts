import { idField, textField } from '../search/field.kinds';
import type { SearchField, SearchFields } from '../search/searchable';
import { INTERNAL_DOMAIN, INTERNAL_PROFILE } from './internal.domain';

const PROFILE = new RegExp(`@${INTERNAL_PROFILE}$`, 'i');

/** Users are called by their directory, `admin@internal-authz`; who writes `admin@internal` or `admin` means the same one. */
function userNameField(alias: string): SearchField {
  const name = textField(`${alias}.user_name`);
  const whole = textField(`(${alias}.user_name || '@${INTERNAL_DOMAIN}')`);
  return {
    order: name.order,
    condition: (comparison, bind) => {
      const value = comparison.value.replace(PROFILE, `@${INTERNAL_DOMAIN}`);
      const plain = value.endsWith(`@${INTERNAL_DOMAIN}`) ? value.slice(0, -INTERNAL_DOMAIN.length - 1) : value;
      const field = plain.includes('@') ? whole : name;
      return field.condition({ ...comparison, value: field === whole ? value : plain }, bind);
    },
  };
}

/** What a user can be searched by, alone or as that of another object. @param alias of its table */
export const userFields = (alias: string): SearchFields => ({
  id: idField(`${alias}.id`),
  usrname: userNameField(alias),
  login: userNameField(alias),
  name: `${alias}.name`,
  lastname: `${alias}.last_name`,
  email: `${alias}.email`,
  department: `${alias}.department`,
  directory: `'${INTERNAL_DOMAIN}'`,
  domain: `'${INTERNAL_DOMAIN}'`,
  type: "'user'",
});

/** What a group can be searched by. @param alias of its table */
export const groupFields = (alias: string): SearchFields => ({
  id: idField(`${alias}.id`),
  name: `${alias}.name`,
  directory: `'${INTERNAL_DOMAIN}'`,
  domain: `'${INTERNAL_DOMAIN}'`,
  type: "'group'",
});
