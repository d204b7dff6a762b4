/** What the engine's database says. Only what an audit looks at. */
export interface DatabaseView {
  /** Volumes that disks have beside their active ones, and those with the memory of VMs. */
  readonly otherVolumes: readonly string[];
  /** What VMs' snapshots have of disks. */
  readonly diskSnapshots: readonly { id: string; cinderSnapshotId: string | null; status: string }[];
  readonly vmSnapshots: readonly { id: string; status: string }[];
  /** Ids of the groups in Cinder that snapshots were taken with. */
  readonly groups: readonly string[];
  readonly disks: readonly { id: string; name: string; volumeId: string | null; status: string; sizeGiB: number }[];
  readonly vms: readonly { id: string; name: string; status: string; hostName: string | null }[];
  readonly diskAttachments: readonly { diskId: string; vmId: string; plugged: boolean; status: string }[];
  readonly nics: readonly { id: string; name: string; vmId: string; plugged: boolean; status: string }[];
  readonly volumeAttachments: readonly {
    volumeId: string;
    diskId: string;
    vmId: string;
    cinderAttachmentId: string | null;
    state: string;
  }[];
  readonly domains: readonly { name: string; status: string }[];
  /** Keys of the providers whose storage domain is active. */
  readonly activeKeys: readonly string[];
  readonly operations: readonly { id: string; saga: string; status: string; step: string | null; error: string | null }[];
}

/** What Cinder has of this installation: found by our metadata, or named by the database. */
export interface CinderView {
  readonly volumes: readonly { id: string; status: string; sizeGiB: number }[];
  readonly snapshots: readonly { id: string; volumeId: string; status: string }[];
  readonly attachments: readonly { id: string; volumeId: string; instanceId: string | null; status: string }[];
  /** Ids of the groups that were made for our snapshots. */
  readonly groups: readonly string[];
  /** Ids of all volumes of the project, ours or not. */
  readonly everybodys: readonly string[];
}

/** What Ceph has. */
export interface CephView {
  /** Ids of all volumes that have an image. One that Cinder has only put aside has more in its name. */
  readonly images: readonly string[];
  /** `volume@snapshot`, of all snapshots that images have. */
  readonly snapshots: readonly string[];
  /** Addresses of who has the image open, by volume id. */
  readonly watchers: ReadonlyMap<string, readonly string[]>;
}

/** What libvirt has on one host. */
export interface HostView {
  readonly name: string;
  /** With the ids of its disks and interfaces. */
  readonly domains: readonly { uuid: string; name: string; deviceIds: readonly string[] }[];
  /** Uuids of the secrets that are ours. */
  readonly secrets: readonly string[];
}

/** The same moment, seen by all four. */
export interface World {
  readonly database: DatabaseView;
  readonly cinder: CinderView;
  readonly ceph: CephView;
  readonly hosts: readonly HostView[];
}

const RUNNING = ['powering_up', 'up', 'paused', 'powering_down'];

/** Where two lists differ, in words. */
function difference(what: string, expected: readonly string[], actual: readonly string[]): string[] {
  const missing = expected.filter((one) => !actual.includes(one)).map((one) => `${what}: ${one} is missing`);
  const surplus = actual.filter((one) => !expected.includes(one)).map((one) => `${what}: ${one} should not be there`);
  const twice = actual.filter((one, index) => actual.indexOf(one) !== index).map((one) => `${what}: ${one} is there twice`);
  return [...missing, ...surplus, ...twice];
}

function unfinished({ database }: World): string[] {
  const operations = database.operations.map(
    ({ saga, id, status, step, error }) => `operation ${saga} ${id} is ${status} at '${step}' (${error})`,
  );
  const disks = database.disks.filter(({ status }) => status !== 'ok').map(({ name, status }) => `disk ${name} is ${status}`);
  const attachments = database.diskAttachments
    .filter(({ status }) => status !== 'ok')
    .map(({ diskId, vmId }) => `attachment of disk ${diskId} to VM ${vmId} is locked`);
  const nics = database.nics.filter(({ status }) => status !== 'ok').map(({ name, vmId }) => `interface ${name} of VM ${vmId} is locked`);
  const domains = database.domains
    .filter(({ status }) => !['active', 'maintenance', 'unattached', 'inactive'].includes(status))
    .map(({ name, status }) => `storage domain ${name} is ${status}`);
  const vms = database.vms
    .filter(({ status }) => !['up', 'down', 'paused', 'suspended'].includes(status))
    .map(({ name, status }) => `VM ${name} is ${status}`);
  const snapshots = [...database.vmSnapshots, ...database.diskSnapshots]
    .filter(({ status }) => !['ok', 'in_preview'].includes(status))
    .map(({ id, status }) => `snapshot ${id} is ${status}`);
  return [...operations, ...disks, ...attachments, ...nics, ...domains, ...vms, ...snapshots];
}

function snapshots({ database, cinder, ceph }: World): string[] {
  const ours = new Set(cinder.volumes.map(({ id }) => id));
  const inCeph = ceph.snapshots.filter((name) => ours.has(name.split('@')[0] ?? ''));
  const inCinder = cinder.snapshots.map(({ id, volumeId }) => `${volumeId}@${id}`);
  const known = database.diskSnapshots.flatMap(({ cinderSnapshotId }) => cinderSnapshotId ?? []);
  const ids = cinder.snapshots.map(({ id }) => id);
  const busy = cinder.snapshots.filter(({ status }) => status !== 'available');
  return [
    ...difference('Cinder: snapshot', known, ids),
    ...busy.map(({ id, status }) => `Cinder: snapshot ${id} is ${status}`),
    ...difference('Ceph: snapshot', inCinder, inCeph),
    ...difference('Cinder: group', database.groups, cinder.groups),
  ];
}

function volumes({ database, cinder, ceph }: World): string[] {
  const known = [...database.disks.flatMap(({ volumeId }) => volumeId ?? []), ...database.otherVolumes];
  const ids = cinder.volumes.map(({ id }) => id);
  const inUse = new Set(database.volumeAttachments.map(({ volumeId }) => volumeId));
  const statuses = cinder.volumes
    .filter(({ id, status }) => status !== (inUse.has(id) ? 'in-use' : 'available'))
    .map(({ id, status }) => `Cinder: volume ${id} is ${status}, and ${inUse.has(id) ? 'a' : 'no'} VM uses it`);
  return [
    ...database.disks.filter(({ volumeId }) => volumeId === null).map(({ name }) => `disk ${name} has no volume`),
    ...difference('Cinder: volume', known, ids),
    ...statuses,
    ...ids.filter((id) => !ceph.images.includes(id)).map((id) => `Ceph: image of volume ${id} is missing`),
    ...ceph.images.filter((id) => !cinder.everybodys.includes(id)).map((id) => `Ceph: image of volume ${id} belongs to no volume`),
  ];
}

function attachments({ database, cinder }: World): string[] {
  const running = new Set(database.vms.filter(({ status }) => RUNNING.includes(status)).map(({ id }) => id));
  const plugged = database.diskAttachments.filter((one) => one.plugged && running.has(one.vmId));
  const rows = database.volumeAttachments;
  return [
    ...difference(
      'database: use of disk',
      plugged.map((one) => `${one.diskId} by VM ${one.vmId}`),
      rows.map((one) => `${one.diskId} by VM ${one.vmId}`),
    ),
    ...rows.filter(({ state }) => state !== 'completed').map(({ diskId, state }) => `database: use of disk ${diskId} is ${state}`),
    ...difference(
      'Cinder: attachment',
      rows.map((one) => `${one.cinderAttachmentId} of volume ${one.volumeId} to ${one.vmId}`),
      cinder.attachments.map((one) => `${one.id} of volume ${one.volumeId} to ${one.instanceId}`),
    ),
    ...cinder.attachments.filter(({ status }) => status !== 'attached').map(({ id, status }) => `Cinder: attachment ${id} is ${status}`),
  ];
}

function domains({ database, hosts }: World): string[] {
  const devices = [...database.diskAttachments.map((one) => ({ ...one, id: one.diskId })), ...database.nics];
  const plugged = (vmId: string) => devices.filter((one) => one.vmId === vmId && one.plugged).map(({ id }) => id);
  const names = new Map(database.vms.map(({ id, name }) => [id, name]));
  const words = (uuid: string, host: string | null, deviceIds: readonly string[]) =>
    `${names.get(uuid) ?? ''} ${uuid} on ${host} with devices [${[...deviceIds].sort().join(' ')}]`;
  const expected = database.vms
    .filter(({ status }) => RUNNING.includes(status))
    .map(({ id, hostName }) => words(id, hostName, plugged(id)));
  const actual = hosts.flatMap((host) => host.domains.map((domain) => words(domain.uuid, host.name, domain.deviceIds)));
  return difference('libvirt: domain', expected, actual);
}

function watchers({ database, ceph }: World): string[] {
  return database.disks.flatMap(({ id, name, volumeId }) => {
    const users = database.volumeAttachments.filter(({ diskId }) => diskId === id).length;
    const seen = (volumeId && ceph.watchers.get(volumeId)) || [];
    return seen.length === users
      ? []
      : [`Ceph: the image of disk ${name} is open ${seen.length} times (${seen.join(' ')}), not ${users} times`];
  });
}

const secrets = ({ database, hosts }: World): string[] =>
  hosts.flatMap((host) => difference(`libvirt: secret on ${host.name}`, database.activeKeys, host.secrets));

const sizes = ({ database, cinder }: World): string[] =>
  database.disks.flatMap(({ name, volumeId, sizeGiB }) => {
    const volume = cinder.volumes.find(({ id }) => id === volumeId);
    return !volume || volume.sizeGiB === sizeGiB ? [] : [`disk ${name} has ${sizeGiB} GiB, and its volume ${volume.sizeGiB} GiB`];
  });

/** Everything in which database, Cinder, Ceph and libvirt disagree, and everything that is not finished. */
export const findings = (world: World): string[] =>
  [unfinished, volumes, snapshots, sizes, attachments, domains, watchers, secrets].flatMap((check) => check(world));
