/** oVirt's id of the system, the root of the tree. */
export const SYSTEM_ID = 'aaa00000-0000-0000-0000-123456789aaa';

/** oVirt's id of the group to which everybody belongs. */
export const EVERYONE_ID = 'eee00000-0000-0000-0000-123456789eee';

/** Makes the condition that an id, as SQL, is one of a set. */
type IsIn = (id: string) => string;

interface Place {
  /** The path segment of its collection. */
  readonly collection: string;
  /** How messages call it. */
  readonly title: string;
  readonly table: string;
  /** Conditions, one of which holds if something above the row `o` is in the set; the system itself is left out. */
  above(o: string, isIn: IsIn): string[];
  /** Sets of ids of this type that lie above what is in the set: who may use a VM sees its cluster. */
  holds?(isIn: IsIn): string[];
}

const dataCenterOfCluster = (cluster: string): string => `(SELECT up.data_center_id FROM cluster up WHERE up.id = ${cluster})`;
const dataCenterOfDomain = (domain: string): string => `(SELECT up.data_center_id FROM storage_domain up WHERE up.id = ${domain})`;

const inCluster = (o: string, isIn: IsIn): string[] => [isIn(`${o}.cluster_id`), isIn(dataCenterOfCluster(`${o}.cluster_id`))];
const inDomain = (o: string, isIn: IsIn): string[] => [isIn(`${o}.storage_domain_id`), isIn(dataCenterOfDomain(`${o}.storage_domain_id`))];

const inVm = (o: string, isIn: IsIn): string =>
  `EXISTS (SELECT FROM disk_attachment link JOIN vm user_vm ON user_vm.id = link.vm_id WHERE link.disk_id = ${o}.id
    AND (${[isIn('user_vm.id'), ...inCluster('user_vm', isIn)].join(' OR ')}))`;

/** Everything on which there can be a permission, from the top down: system, data center, cluster, host or VM; storage domain, disk; a VM's disks. */
export const PLACES = {
  data_center: {
    collection: 'datacenters',
    title: 'Data Center',
    table: 'data_center',
    above: () => [],
    holds: (isIn) => [
      `SELECT one.data_center_id FROM cluster one WHERE ${isIn('one.id')}`,
      `SELECT one.data_center_id FROM storage_domain one WHERE ${isIn('one.id')}`,
      `SELECT up.data_center_id FROM vm one JOIN cluster up ON up.id = one.cluster_id WHERE ${isIn('one.id')}`,
      `SELECT up.data_center_id FROM host one JOIN cluster up ON up.id = one.cluster_id WHERE ${isIn('one.id')}`,
      `SELECT up.data_center_id FROM disk one JOIN storage_domain up ON up.id = one.storage_domain_id WHERE ${isIn('one.id')}`,
    ],
  },
  cluster: {
    collection: 'clusters',
    title: 'Cluster',
    table: 'cluster',
    above: (o, isIn) => [isIn(`${o}.data_center_id`)],
    holds: (isIn) => [
      `SELECT one.cluster_id FROM vm one WHERE ${isIn('one.id')}`,
      `SELECT one.cluster_id FROM host one WHERE ${isIn('one.id')}`,
    ],
  },
  host: { collection: 'hosts', title: 'Host', table: 'host', above: inCluster },
  storage_domain: {
    collection: 'storagedomains',
    title: 'Storage Domain',
    table: 'storage_domain',
    above: (o, isIn) => [isIn(`${o}.data_center_id`)],
    holds: (isIn) => [`SELECT one.storage_domain_id FROM disk one WHERE ${isIn('one.id')}`],
  },
  disk: { collection: 'disks', title: 'Disk', table: 'disk', above: (o, isIn) => [...inDomain(o, isIn), inVm(o, isIn)] },
  vm: { collection: 'vms', title: 'VM', table: 'vm', above: inCluster },
  template: {
    collection: 'templates',
    title: 'Template',
    table: 'template',
    above: () => [],
    holds: (isIn) => [`SELECT one.template_id FROM vm one WHERE ${isIn('one.id')}`],
  },
} as const satisfies Record<string, Place>;

/** What a permission can be on, the system aside. */
export type PlaceType = keyof typeof PLACES;
export type ObjectType = PlaceType | 'system';

export const placeTypes = Object.keys(PLACES) as PlaceType[];

/** One object of the tree. */
export interface ObjectReference {
  readonly type: ObjectType;
  readonly id: string;
}

export const SYSTEM: ObjectReference = { type: 'system', id: SYSTEM_ID };

/** Objects that are shown to some and not to others, but on which there are no permissions: what they are about decides. */
const OWN_RULES = {
  event: {
    title: 'Event',
    table: 'event',
    seen: (o: string) => [`${o}.user_id = :viewer::uuid`, about('vm', `${o}.vm_id`), about('disk', `${o}.disk_id`)],
  },
  job: { title: 'Job', table: 'job', seen: (o: string) => [`${o}.owner_id = :viewer::text`] },
  network: { title: 'Network', table: 'network', seen: (o: string) => [about('data_center', `${o}.data_center_id`)] },
  vnic_profile: {
    title: 'Vnic Profile',
    table: 'vnic_profile',
    seen: (o: string) => [about('data_center', `(SELECT up.data_center_id FROM network up WHERE up.id = ${o}.network_id)`)],
  },
  quota: { title: 'Quota', table: 'quota', seen: (o: string) => [about('data_center', `${o}.data_center_id`)] },
  disk_profile: { title: 'Disk Profile', table: 'disk_profile', seen: (o: string) => [about('storage_domain', `${o}.storage_domain_id`)] },
  user: { title: 'User', table: 'account', seen: (o: string) => [`${o}.id = :viewer::uuid`] },
} as const;

/** Everything of which lists and single objects are shown to some only. */
export type VisibleType = PlaceType | keyof typeof OWN_RULES;

/** True if there can be permissions on it. */
export const isPlace = (type: VisibleType): type is PlaceType => type in PLACES;

/** The table of a type, and how messages call it. */
export const describeType = (type: VisibleType): { table: string; title: string } => (isPlace(type) ? PLACES[type] : OWN_RULES[type]);

const GRANTED = 'SELECT p.object_id FROM permission p WHERE p.principal_id = ANY(:principals::uuid[])';
const VIEWABLE = `SELECT p.object_id FROM permission p JOIN role r ON r.id = p.role_id AND r.allows_viewing_children WHERE p.principal_id = ANY(:principals::uuid[])`;
const PERMITTED = `SELECT p.object_id FROM permission p JOIN role_permit rp ON rp.role_id = p.role_id AND rp.permit = :permit
  WHERE p.principal_id = ANY(:principals::uuid[])`;

const of =
  (set: string): IsIn =>
  (id) =>
    `${id} IN (${set})`;
const anyOf = (conditions: readonly string[]): string => `(${conditions.join(' OR ')})`;
const atSystem = (isIn: IsIn): string => isIn(`'${SYSTEM_ID}'::uuid`);

const above = (type: PlaceType, o: string, isIn: IsIn): string[] => [...PLACES[type].above(o, isIn), atSystem(isIn)];

/** SQL: the caller has `:permit` on the row `o` or on something above it. Parameters: `principals`, `permit`. */
export const permittedOn = (type: PlaceType, o: string): string => anyOf([of(PERMITTED)(`${o}.id`), ...above(type, o, of(PERMITTED))]);

/**
 * SQL: the caller sees the row `o`. He does if he has any role on it, or one that shows what is beneath on something above it, or any
 * role on something that lies in it. Parameters: `principals`, `viewer`.
 */
export function visible(type: VisibleType, o: string): string {
  if (!isPlace(type)) return anyOf(OWN_RULES[type].seen(o));
  const place: Place = PLACES[type];
  const holding = place.holds?.(of(GRANTED)).join(' UNION ALL ');
  return anyOf([of(GRANTED)(`${o}.id`), ...above(type, o, of(VIEWABLE)), ...(holding === undefined ? [] : [`${o}.id IN (${holding})`])]);
}

/** SQL: the id is that of an object which the caller sees. */
function about(type: PlaceType, id: string): string {
  return `EXISTS (SELECT FROM ${PLACES[type].table} about_${type} WHERE about_${type}.id = ${id} AND ${visible(type, `about_${type}`)})`;
}

/** SQL: the permission `p` is on the row `o` or on something above it. */
export const reaches = (type: PlaceType, o: string, p: string): string => {
  const is: IsIn = (id) => `${p}.object_id = ${id}`;
  return anyOf([is(`${o}.id`), ...above(type, o, is)]);
};
