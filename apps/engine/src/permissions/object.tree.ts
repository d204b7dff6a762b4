/** oVirt's id of the system, the root of the tree. */
export const SYSTEM_ID = 'aaa00000-0000-0000-0000-123456789aaa';

/** oVirt's id of the group to which everybody belongs. */
export const EVERYONE_ID = 'eee00000-0000-0000-0000-123456789eee';

/** Makes the condition that an id, as SQL, is one of a set. */
type IsIn = (id: string) => string;

/** Where a row `o` belongs: the id is SQL. */
interface Home {
  readonly type: 'data_center' | 'cluster' | 'storage_domain';
  readonly id: (o: string) => string;
}

interface Place {
  /** The path segment of its collection. */
  readonly collection: string;
  /** How messages call it. */
  readonly title: string;
  readonly table: string;
  /** Conditions, one of which holds if something above the row `o` is in the set; the system itself is left out. */
  above(o: string, isIn: IsIn): string[];
  /**
   * Sets of ids of this type that lie above what is in the set: who may use a VM sees its cluster. Where all may use something by what everybody
   * has, that shows nobody where it is: then it must be in the caller's own set.
   */
  holds?(isIn: IsIn, isOwn: IsIn): string[];
  /** With it: what everybody has on the object shows it to those who see its home. */
  readonly home?: Home;
}

const dataCenterOfCluster = (cluster: string): string => `(SELECT up.data_center_id FROM cluster up WHERE up.id = ${cluster})`;
const dataCenterOfDomain = (domain: string): string => `(SELECT up.data_center_id FROM storage_domain up WHERE up.id = ${domain})`;

const dataCenterOfNetwork = (network: string): string => `(SELECT up.data_center_id FROM network up WHERE up.id = ${network})`;

const inCluster = (o: string, isIn: IsIn): string[] => [isIn(`${o}.cluster_id`), isIn(dataCenterOfCluster(`${o}.cluster_id`))];
const inDomain = (o: string, isIn: IsIn): string[] => [isIn(`${o}.storage_domain_id`), isIn(dataCenterOfDomain(`${o}.storage_domain_id`))];

const inVm = (o: string, isIn: IsIn): string =>
  `EXISTS (SELECT FROM disk_attachment link JOIN vm user_vm ON user_vm.id = link.vm_id WHERE link.disk_id = ${o}.id
    AND (${[isIn('user_vm.id'), ...inCluster('user_vm', isIn)].join(' OR ')}))`;

/**
 * Everything on which there can be a permission, from the top down: system, data center, cluster, host or VM; storage domain, disk; a VM's disks;
 * network, vNIC profile; quota; the profiles of a cluster's processors and of a domain's disks. Pools of MAC addresses are beneath the system only.
 */
export const PLACES = {
  data_center: {
    collection: 'datacenters',
    title: 'Data Center',
    table: 'data_center',
    above: () => [],
    holds: (isIn, isOwn) => [
      `SELECT one.data_center_id FROM cluster one WHERE ${isIn('one.id')}`,
      `SELECT one.data_center_id FROM storage_domain one WHERE ${isIn('one.id')}`,
      `SELECT up.data_center_id FROM vm one JOIN cluster up ON up.id = one.cluster_id WHERE ${isIn('one.id')}`,
      `SELECT up.data_center_id FROM host one JOIN cluster up ON up.id = one.cluster_id WHERE ${isIn('one.id')}`,
      `SELECT up.data_center_id FROM disk one JOIN storage_domain up ON up.id = one.storage_domain_id WHERE ${isIn('one.id')}`,
      `SELECT one.data_center_id FROM network one WHERE ${isOwn('one.id')}`,
      `SELECT up.data_center_id FROM vnic_profile one JOIN network up ON up.id = one.network_id WHERE ${isOwn('one.id')}`,
      `SELECT one.data_center_id FROM quota one WHERE ${isOwn('one.id')}`,
      `SELECT up.data_center_id FROM disk_profile one JOIN storage_domain up ON up.id = one.storage_domain_id WHERE ${isOwn('one.id')}`,
      `SELECT up.data_center_id FROM cpu_profile one JOIN cluster up ON up.id = one.cluster_id WHERE ${isOwn('one.id')}`,
    ],
  },
  cluster: {
    collection: 'clusters',
    title: 'Cluster',
    table: 'cluster',
    above: (o, isIn) => [isIn(`${o}.data_center_id`)],
    holds: (isIn, isOwn) => [
      `SELECT one.cluster_id FROM vm one WHERE ${isIn('one.id')}`,
      `SELECT one.cluster_id FROM host one WHERE ${isIn('one.id')}`,
      `SELECT one.cluster_id FROM vm_pool one WHERE ${isIn('one.id')}`,
      `SELECT one.cluster_id FROM cpu_profile one WHERE ${isOwn('one.id')}`,
    ],
  },
  host: { collection: 'hosts', title: 'Host', table: 'host', above: inCluster },
  storage_domain: {
    collection: 'storagedomains',
    title: 'Storage Domain',
    table: 'storage_domain',
    above: (o, isIn) => [isIn(`${o}.data_center_id`)],
    holds: (isIn, isOwn) => [
      `SELECT one.storage_domain_id FROM disk one WHERE ${isIn('one.id')}`,
      `SELECT one.storage_domain_id FROM disk_profile one WHERE ${isOwn('one.id')}`,
    ],
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
  network: {
    collection: 'networks',
    title: 'Network',
    table: 'network',
    above: (o, isIn) => [isIn(`${o}.data_center_id`)],
    holds: (isIn) => [`SELECT one.network_id FROM vnic_profile one WHERE ${isIn('one.id')}`],
    home: { type: 'data_center', id: (o) => `${o}.data_center_id` },
  },
  vnic_profile: {
    collection: 'vnicprofiles',
    title: 'Vnic Profile',
    table: 'vnic_profile',
    above: (o, isIn) => [isIn(`${o}.network_id`), isIn(dataCenterOfNetwork(`${o}.network_id`))],
    home: { type: 'data_center', id: (o) => dataCenterOfNetwork(`${o}.network_id`) },
  },
  quota: {
    collection: 'quotas',
    title: 'Quota',
    table: 'quota',
    above: (o, isIn) => [isIn(`${o}.data_center_id`)],
    home: { type: 'data_center', id: (o) => `${o}.data_center_id` },
  },
  disk_profile: {
    collection: 'diskprofiles',
    title: 'Disk Profile',
    table: 'disk_profile',
    above: inDomain,
    home: { type: 'storage_domain', id: (o) => `${o}.storage_domain_id` },
  },
  cpu_profile: {
    collection: 'cpuprofiles',
    title: 'CPU Profile',
    table: 'cpu_profile',
    above: inCluster,
    home: { type: 'cluster', id: (o) => `${o}.cluster_id` },
  },
  mac_pool: { collection: 'macpools', title: 'MAC Address Pool', table: 'mac_pool', above: () => [] },
} as const satisfies Record<string, Place>;

/** What a permission can be on, the system aside. */
export type PlaceType = keyof typeof PLACES;

export const placeTypes = Object.keys(PLACES) as PlaceType[];

/** An object on which there can be a permission. */
export interface PlaceReference {
  readonly type: PlaceType | 'system';
  readonly id: string;
}

/** Objects without permissions of their own: who made them decides, or what they are about. */
interface Dependent {
  readonly title: string;
  readonly table: string;
  /** Conditions, one of which holds for who sees the row `o`. */
  seen(o: string): string[];
}

type DependentType = 'job' | 'user' | 'event';

const DEPENDENTS: Readonly<Record<DependentType, Dependent>> = {
  job: { title: 'Job', table: 'job', seen: (o) => [`${o}.owner_id = :viewer::text`] },
  user: { title: 'User', table: 'account', seen: (o) => [`${o}.id = :viewer::uuid`] },
  event: {
    title: 'Event',
    table: 'event',
    seen: (o) => [
      `${o}.user_id = :viewer::uuid`,
      ...(['vm', 'disk'] as const).map((type) => inHome({ type, id: () => `${o}.${type}_id` }, o)),
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

const HELD = 'p.principal_id = ANY(:principals::uuid[])';
const PERMITTED = `SELECT p.object_id FROM permission p JOIN role_permit rp ON rp.role_id = p.role_id AND rp.permit = :permit WHERE ${HELD}`;

const of =
  (set: string): IsIn =>
  (id) =>
    `${id} IN (${set})`;
const anyOf = (conditions: readonly string[]): string => `(${conditions.join(' OR ')})`;
const atSystem = (isIn: IsIn): string => isIn(`'${SYSTEM_ID}'::uuid`);

const above = (type: PlaceType, o: string, isIn: IsIn): string[] => [...PLACES[type].above(o, isIn), atSystem(isIn)];

/** The objects on which there are some of the caller's permissions. */
interface Granted {
  readonly any: IsIn;
  /** By a role that shows what is beneath. */
  readonly showing: IsIn;
}

const grantedBy = (condition: string): Granted => ({
  any: of(`SELECT p.object_id FROM permission p WHERE ${condition}`),
  showing: of(`SELECT p.object_id FROM permission p JOIN role r ON r.id = p.role_id AND r.allows_viewing_children WHERE ${condition}`),
});
const ALL = grantedBy(HELD);
const OWN = grantedBy(`${HELD} AND p.principal_id <> '${EVERYONE_ID}'`);

/** SQL: the caller has `:permit` on the row `o` or on something above it. Parameters: `principals`, `permit`. */
export function permittedOn(type: ObjectType, o: string): string {
  return isPlace(type) ? anyOf([of(PERMITTED)(`${o}.id`), ...above(type, o, of(PERMITTED))]) : 'false';
}

/**
 * SQL: the caller sees the row `o`. He does if he has any role on it, or one that shows what is beneath on something above it, or any
 * role on something that lies in it. Parameters: `principals`, `viewer`.
 */
export function visible(type: ObjectType, o: string): string {
  if (!isPlace(type)) return anyOf(DEPENDENTS[type].seen(o));
  const { home }: Place = PLACES[type];
  return home ? anyOf([shownBy(OWN, type, o), `${shownBy(ALL, type, o)} AND ${inHome(home, o)}`]) : shownBy(ALL, type, o);
}

function shownBy({ any, showing }: Granted, type: PlaceType, o: string): string {
  const place: Place = PLACES[type];
  const holding = place.holds?.(any, OWN.any).join(' UNION ALL ');
  return anyOf([any(`${o}.id`), ...above(type, o, showing), ...(holding === undefined ? [] : [`${o}.id IN (${holding})`])]);
}

/** SQL: the caller sees the object to which the row `o` belongs. */
function inHome({ type, id }: { readonly type: PlaceType; readonly id: (o: string) => string }, o: string): string {
  const home = `home_${type}`;
  return `EXISTS (SELECT FROM ${PLACES[type].table} ${home} WHERE ${home}.id = ${id(o)} AND ${visible(type, home)})`;
}

/** SQL: the permission `p` is on the row `o` or on something above it. */
export const reaches = (type: PlaceType, o: string, p: string): string => {
  const is: IsIn = (id) => `${p}.object_id = ${id}`;
  return anyOf([is(`${o}.id`), ...above(type, o, is)]);
};
