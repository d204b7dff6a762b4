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
      `SELECT one.cluster_id FROM vm_pool one WHERE ${isIn('one.id')}`,
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
  vm_pool: { collection: 'vmpools', title: 'VM-Pool', table: 'vm_pool', above: inCluster },
  template: {
    collection: 'templates',
    title: 'Template',
    table: 'template',
    above: inCluster,
    holds: (isIn) => [
      `SELECT one.template_id FROM vm one WHERE ${isIn('one.id')}`,
      `SELECT one.template_id FROM vm_pool one WHERE ${isIn('one.id')}`,
    ],
  },
} as const satisfies Record<string, Place>;

/** What a permission can be on, the system aside. */
export type PlaceType = keyof typeof PLACES;

export const placeTypes = Object.keys(PLACES) as PlaceType[];

/** An object on which there can be a permission. */
export interface PlaceReference {
  readonly type: PlaceType | 'system';
  readonly id: string;
}

/** Objects without permissions of their own: another object decides, or who made them. */
interface Dependent {
  readonly title: string;
  readonly table: string;
  /** The id, as SQL, of the object to which the row `o` belongs: who may do something there may do it here, who sees that sees this. */
  readonly home?: { readonly type: PlaceType; readonly id: (o: string) => string };
  /** Conditions, one of which holds for who sees the row `o`. */
  seen?(o: string): string[];
}

type DependentType = 'network' | 'vnic_profile' | 'quota' | 'disk_profile' | 'job' | 'user' | 'event';

const DEPENDENTS: Readonly<Record<DependentType, Dependent>> = {
  network: { title: 'Network', table: 'network', home: { type: 'data_center', id: (o) => `${o}.data_center_id` } },
  vnic_profile: {
    title: 'Vnic Profile',
    table: 'vnic_profile',
    home: { type: 'data_center', id: (o) => `(SELECT up.data_center_id FROM network up WHERE up.id = ${o}.network_id)` },
  },
  quota: { title: 'Quota', table: 'quota', home: { type: 'data_center', id: (o) => `${o}.data_center_id` } },
  disk_profile: { title: 'Disk Profile', table: 'disk_profile', home: { type: 'storage_domain', id: (o) => `${o}.storage_domain_id` } },
  job: { title: 'Job', table: 'job', seen: (o) => [`${o}.owner_id = :viewer::text`] },
  user: { title: 'User', table: 'account', seen: (o) => [`${o}.id = :viewer::uuid`] },
  event: {
    title: 'Event',
    table: 'event',
    seen: (o) => [
      `${o}.user_id = :viewer::uuid`,
      ...(['vm', 'disk'] as const).map((type) => inHome({ type, id: () => `${o}.${type}_id` }, o, visible)),
    ],
  },
};

/** Everything of which lists and single objects are shown to some only. */
export type ObjectType = PlaceType | DependentType;

/** One object, or the system. */
export interface ObjectReference {
  readonly type: ObjectType | 'system';
  readonly id: string;
}

export const SYSTEM = { type: 'system', id: SYSTEM_ID } as const satisfies PlaceReference;

/** True if there can be permissions on it. */
export const isPlace = (type: string): type is PlaceType => type in PLACES;

/** True if it is shown to some only. */
export const isObject = (type: string): type is ObjectType => isPlace(type) || type in DEPENDENTS;

/** The type of the objects in a collection of the API, e.g. `disks`; empty if they are shown to everybody. */
export const typeAt = (collection: string): ObjectType | '' =>
  placeTypes.find((type) => PLACES[type].collection === collection) ??
  (Object.keys(DEPENDENTS) as ObjectType[]).find((type) => `${type.replace('_', '')}s` === collection) ??
  '';

/** The table of a type, and how messages call it. */
export const describeType = (type: ObjectType): { table: string; title: string } => (isPlace(type) ? PLACES[type] : DEPENDENTS[type]);

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
export function permittedOn(type: ObjectType, o: string): string {
  if (isPlace(type)) return anyOf([of(PERMITTED)(`${o}.id`), ...above(type, o, of(PERMITTED))]);
  const { home }: Dependent = DEPENDENTS[type];
  return home ? inHome(home, o, permittedOn) : 'false';
}

/**
 * SQL: the caller sees the row `o`. He does if he has any role on it, or one that shows what is beneath on something above it, or any
 * role on something that lies in it. Parameters: `principals`, `viewer`.
 */
export function visible(type: ObjectType, o: string): string {
  if (!isPlace(type)) return visibleDependent(DEPENDENTS[type], o);
  const place: Place = PLACES[type];
  const holding = place.holds?.(of(GRANTED)).join(' UNION ALL ');
  return anyOf([of(GRANTED)(`${o}.id`), ...above(type, o, of(VIEWABLE)), ...(holding === undefined ? [] : [`${o}.id IN (${holding})`])]);
}

const visibleDependent = ({ home, seen }: Dependent, o: string): string =>
  anyOf([...(seen?.(o) ?? []), ...(home ? [inHome(home, o, visible)] : [])]);

/** SQL: a condition holds for the object to which the row `o` belongs. */
function inHome({ type, id }: NonNullable<Dependent['home']>, o: string, condition: (type: PlaceType, o: string) => string): string {
  const home = `home_${type}`;
  return `EXISTS (SELECT FROM ${PLACES[type].table} ${home} WHERE ${home}.id = ${id(o)} AND ${condition(type, home)})`;
}

/** SQL: the permission `p` is on the row `o` or on something above it. */
export const reaches = (type: PlaceType, o: string, p: string): string => {
  const is: IsIn = (id) => `${p}.object_id = ${id}`;
  return anyOf([is(`${o}.id`), ...above(type, o, is)]);
};
