import { idField, textField } from '../search/field.kinds';
import type { SearchField, SearchFields } from '../search/searchable';
import { DIRECTORY_ENDING, INTERNAL_PROFILES } from './internal.domain';

const [INTERNAL] = INTERNAL_PROFILES;

/** A name with a profile or a directory behind it, neither of which has a wildcard. */
const QUALIFIED = new RegExp(`^(.+)@([^@*]+?)(?:${DIRECTORY_ENDING})?$`, 'i');

/**
 * Users are called by their directory, `admin@internal-authz`; who writes `admin@internal` means the same one, and who writes `admin` all of
 * that name. Name and profile are compared one by one, because there is an index of names.
 */
export function userNameField(alias: string): SearchField {
  const name = textField(`${alias}.user_name`);
  const whole = textField(`(${alias}.user_name || '@' || ${alias}.domain || '${DIRECTORY_ENDING}')`);
  return {
    order: name.order,
    condition: (comparison, bind) => {
      const { operator, value } = comparison;
      const [, plain, profile] = /^!?=$/.test(operator) ? (QUALIFIED.exec(value) ?? []) : [];
      if (plain === undefined || profile === undefined) return (value.includes('@') ? whole : name).condition(comparison, bind);
      const isNamed = name.condition({ ...comparison, operator: '=', value: plain }, bind);
      const same = `(${isNamed} AND ${alias}.domain = ${bind(profile.toLowerCase())})`;
      return operator === '=' ? same : `NOT ${same}`;
    },
  };
}

/** The name of the directory. @param alias of the table of users or groups */
const directory = (alias: string): string =>
  `CASE WHEN ${alias}.domain = '*' THEN '${INTERNAL}' ELSE ${alias}.domain END || '${DIRECTORY_ENDING}'`;

/** What a user can be searched by, alone or as that of another object. @param alias of its table */
export const userFields = (alias: string): SearchFields => ({
  id: idField(`${alias}.id`),
  usrname: userNameField(alias),
  login: userNameField(alias),
  name: `${alias}.name`,
  lastname: `${alias}.last_name`,
  email: `${alias}.email`,
  department: `${alias}.department`,
  directory: directory(alias),
  domain: directory(alias),
  type: "'user'",
});

/** What a group can be searched by. @param alias of its table */
export const groupFields = (alias: string): SearchFields => ({
  id: idField(`${alias}.id`),
  name: `${alias}.name`,
  directory: directory(alias),
  domain: directory(alias),
  type: "'group'",
});
