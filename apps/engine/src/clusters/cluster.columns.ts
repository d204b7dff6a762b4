import { COMPATIBILITY_VERSION } from '../data-centers/compatibility.version';
import { enumField, idField } from '../search/field.kinds';
import type { SearchFields } from '../search/searchable';

/** The version that a client has asked for, or ours. */
function compatibilityLevel(alias: string): string {
  const part = (name: 'major' | 'minor'): string =>
    `coalesce(${alias}.unapplied #>> '{version,${name}}', '${COMPATIBILITY_VERSION[name]}')`;
  return `(${part('major')} || '.' || ${part('minor')})`;
}

/** What a cluster can be searched by, alone or as that of another object. @param alias of its table */
export const clusterFields = (alias: string): SearchFields => ({
  id: idField(`${alias}.id`),
  name: `${alias}.name`,
  description: `${alias}.description`,
  comment: `${alias}.comment`,
  compatibility_level: compatibilityLevel(alias),
  architecture: enumField(`${alias}.cpu_architecture`, ['x86_64'], { never: ['undefined', 'ppc64', 's390x', 'aarch64'] }),
});
