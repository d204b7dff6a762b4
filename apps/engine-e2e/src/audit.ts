import { CinderReader, type Volume } from '@clinker/cinder';
import { LibvirtClient, LibvirtError } from '@clinker/libvirt';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { type CephView, type CinderView, type DatabaseView, type HostView, findings } from './audit.findings';
import { labAccount } from './cinder';
import { labHosts, labValue, until } from './lab';

const run = promisify(execFile);

/** How long (ms) the four may take to agree: what ends in the background, and a watcher of a guest that just ended. */
const SETTLING_MS = 10_000;

/** How long (ms) Ceph keeps the watcher of a client that was killed, and a little more. */
export const DEAD_WATCHER_MS = 45_000;

/** What our domains have in their metadata: other domains in the lab are not ours. */
const OUR_DOMAIN = 'urn:clinker:vm:1';

/** Secrets that the engine has given to a host; a person's and another test's are named otherwise. */
const OUR_SECRET = /^clinker\/[0-9a-f-]{36}\//;

const QUERIES = {
  installation: `SELECT id FROM installation`,
  otherVolumes: `SELECT volume_id AS id FROM disk_volume UNION ALL SELECT volume_id FROM snapshot_memory WHERE volume_id IS NOT NULL`,
  diskSnapshots: `SELECT id, cinder_snapshot_id AS "cinderSnapshotId", status FROM disk_snapshot
    UNION ALL SELECT disk_id, cinder_snapshot_id, 'ok' FROM template_disk WHERE cinder_snapshot_id IS NOT NULL
    UNION ALL SELECT disk_id, cinder_snapshot_id, 'ok' FROM imported_snapshot`,
  vmSnapshots: `SELECT id, status FROM vm_snapshot`,
  groups: `SELECT DISTINCT cinder_group_id AS id FROM disk_snapshot WHERE cinder_group_id IS NOT NULL`,
  disks: `SELECT id, name, volume_id AS "volumeId", status, (provisioned_size / 1073741824)::int AS "sizeGiB" FROM disk`,
  vms: `SELECT vm.id, vm.name, vm.status, host.name AS "hostName" FROM vm LEFT JOIN host ON host.id = vm.host_id`,
  diskAttachments: `SELECT disk_id AS "diskId", vm_id AS "vmId", plugged, status FROM disk_attachment`,
  nics: `SELECT id, name, vm_id AS "vmId", plugged, status FROM nic`,
  volumeAttachments: `SELECT volume_id AS "volumeId", disk_id AS "diskId", vm_id AS "vmId", cinder_attachment_id AS "cinderAttachmentId", state FROM volume_attachment`,
  domains: `SELECT name, status FROM storage_domain`,
  activeKeys: `SELECT key.id FROM authentication_key key JOIN storage_domain domain USING (provider_id) WHERE domain.status IN ('active', 'inactive')`,
  operations: `SELECT id, saga, status, step, error FROM operation WHERE ended_at IS NULL`,
};

/** Names of images that Cinder makes of volumes; a test may have made others. */
const OUR_IMAGE = /^volume-/;

/** How names begin that the engine gives in Cinder. */
const OURS = 'clinker-';

/** What `rbd ls -l` tells of an image or a snapshot. */
interface Listed {
  readonly image: string;
  readonly snapshot?: string;
}

/** `rbd ls -l` opens every image, and fails if one goes meanwhile: then it is asked again. */
async function listImages(attempts = 5): Promise<string> {
  try {
    return (await run('rbd', ['--conf', labValue('CEPH_CONF'), 'ls', '-l', 'volumes', '--format', 'json'])).stdout;
  } catch (error) {
    if (attempts === 1 || !/No such file or directory/.test(String(error))) throw error;
    return listImages(attempts - 1);
  }
}

/** Asks the database, Cinder, Ceph and libvirt, each in its own way and not through the engine, and compares what they say. */
export class Audit {
  private readonly hosts = new Map<string, LibvirtClient>();

  private constructor(
    readonly database: Client,
    private readonly cinder: CinderReader,
  ) {}

  static async open(): Promise<Audit> {
    const database = new Client({ connectionString: labValue('DATABASE_URL') });
    await database.connect();
    return new Audit(database, new CinderReader(labAccount()));
  }

  async close(): Promise<void> {
    await Promise.all([this.database.end(), this.cinder.close(), ...[...this.hosts.values()].map((host) => host.close())]);
  }

  /** Resolves when all agree and nothing is under way. @throws Error with the findings if that does not come about */
  async agrees(withinMs = SETTLING_MS): Promise<void> {
    await until(
      'the audit finds nothing',
      () => this.findings(),
      (found) => found.length === 0,
      withinMs,
    );
  }

  /** What does not fit now. */
  async findings(): Promise<string[]> {
    const database = await this.databaseView();
    const volumeIds = database.disks.flatMap(({ volumeId }) => volumeId ?? []);
    const [cinder, ceph, hosts] = await Promise.all([
      this.cinderView(volumeIds),
      this.cephView(volumeIds),
      Promise.all(labHosts().map((host) => this.hostView(host))),
    ]);
    return findings({ database, cinder, ceph, hosts });
  }

  /** How many volumes Cinder counts for the engine's project. */
  async volumesInProject(): Promise<number> {
    return (await this.cinder.findVolumeIds({})).length;
  }

  /** What Cinder has under a name. */
  volumesNamed(name: string): Promise<Volume[]> {
    return this.cinder.findVolumes({ name });
  }

  /** Who has the image of a volume open. */
  async watchers(volumeId: string): Promise<string[]> {
    const { stdout } = await run('rbd', [
      '--conf',
      labValue('CEPH_CONF'),
      'status',
      `volumes/volume-${volumeId}`,
      '--format',
      'json',
    ]).catch((error: { stderr?: string }) => {
      if (error.stderr?.includes('No such file or directory')) return { stdout: '{"watchers":[]}' };
      throw error;
    });
    return (JSON.parse(stdout) as { watchers: { address: string }[] }).watchers.map(({ address }) => address);
  }

  /** One connection asks one thing after the other: all in one transaction, so that it is one moment. */
  private async databaseView(): Promise<DatabaseView> {
    const rows: Record<string, { id: string }[]> = {};
    await this.database.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    for (const [name, query] of Object.entries(QUERIES)) rows[name] = (await this.database.query<{ id: string }>(query)).rows;
    await this.database.query('COMMIT');
    const ids = (name: string) => rows[name]!.map(({ id }) => id);
    return {
      ...(rows as unknown as DatabaseView),
      activeKeys: ids('activeKeys'),
      otherVolumes: ids('otherVolumes'),
      groups: ids('groups'),
    };
  }

  private async cinderView(volumeIds: readonly string[]): Promise<CinderView> {
    const { rows } = await this.database.query<{ id: string }>(QUERIES.installation);
    const metadata = { clinker_installation: rows[0]!.id };
    const [ours, snapshots, all, attachments, groups] = await Promise.all([
      this.cinder.findVolumes({ metadata }),
      this.cinder.findSnapshots({ metadata }),
      this.cinder.findVolumes({}),
      this.cinder.attachments(),
      this.cinder.findGroups(),
    ]);
    const named = all.filter(({ id }) => volumeIds.includes(id) && !ours.some((one) => one.id === id));
    const volumes = [...ours, ...named];
    const ofOurs = attachments.filter(({ volumeId }) => volumes.some(({ id }) => id === volumeId));
    return {
      volumes,
      snapshots,
      attachments: ofOurs,
      everybodys: all.map(({ id }) => id),
      groups: groups.filter(({ name }) => name?.startsWith(OURS)).map(({ id }) => id),
    };
  }

  private async cephView(volumeIds: readonly string[]): Promise<CephView> {
    const [list, ...watchers] = await Promise.all([listImages(), ...volumeIds.map(async (id) => [id, await this.watchers(id)] as const)]);
    const listed = (JSON.parse(list) as Listed[]).filter(({ image }) => OUR_IMAGE.test(image));
    const images = listed.filter(({ snapshot }) => snapshot === undefined).map(({ image }) => image.replace(OUR_IMAGE, ''));
    const snapshots = listed.flatMap(({ image, snapshot }) =>
      snapshot === undefined ? [] : `${image.replace(OUR_IMAGE, '')}@${snapshot.replace(/^snapshot-/, '')}`,
    );
    return { images, snapshots, watchers: new Map(watchers) };
  }

  private async hostView(name: string): Promise<HostView> {
    const libvirt = await this.libvirt(name);
    const [listed, secrets] = await Promise.all([libvirt.domains.list(), libvirt.secrets.list()]);
    const domains = await Promise.all(listed.map((domain) => withDevices(libvirt, domain)));
    return { name, domains: domains.flat(), secrets: secrets.filter(({ usageId }) => OUR_SECRET.test(usageId)).map(({ uuid }) => uuid) };
  }

  /** The host's libvirt, as it is asked here and now. */
  async libvirt(host: string): Promise<LibvirtClient> {
    const open = this.hosts.get(host);
    if (open) return open;
    const client = new LibvirtClient({ socketPath: labValue(`LAB_LIBVIRT_SOCKET_${host.replace('-', '_')}`) });
    await client.connect();
    this.hosts.set(host, client);
    return client;
  }
}

/** The domain with its disks and interfaces; none if it is not ours, or has ended meanwhile. */
async function withDevices(libvirt: LibvirtClient, { uuid, name }: { uuid: string; name: string }): Promise<HostView['domains'][number][]> {
  try {
    const xml = await libvirt.domains.xml(uuid);
    if (!xml.includes(OUR_DOMAIN)) return [];
    return [{ uuid, name, deviceIds: [...xml.matchAll(/<alias name='ua-([0-9a-f-]{36})'\/>/g)].map(([, id]) => id!) }];
  } catch (error) {
    if (error instanceof LibvirtError) return [];
    throw error;
  }
}
