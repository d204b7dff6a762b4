import { z } from 'zod';
import type { CinderAccount } from './cinder.account';
import { CinderConnection } from './cinder.connection';
import { isCinderError } from './cinder.error';
import {
  attachmentSchema,
  limitsSchema,
  messageSchema,
  poolSchema,
  quotaSetSchema,
  snapshotSchema,
  volumeSchema,
  volumeTypeSchema,
  type Attachment,
  type Limits,
  type Pool,
  type QuotaSet,
  type Snapshot,
  type UserMessage,
  type Volume,
  type VolumeType,
} from './cinder.schemas';
import type { CinderVersion } from './cinder.version';
import { checkConnection, type ConnectionReport } from './connection.check';
import type { TransportOptions } from './http.transport';
import { type Group, type GroupType, groupSchema, groupTypeSchema } from './group.schemas';
import { inside, readList } from './page.reader';

export interface CinderOptions extends TransportOptions {
  /** Time for requests that wait for the storage itself: attachments with a connector and their end, in ms. Default 65,000: Cinder gives up after 60 s. */
  attachmentTimeoutMs?: number;
  /** Entries asked for in one page. Default 1,000, which is Cinder's own limit. */
  pageSize?: number;
}

/** All given must match. `metadata` matches volumes that have at least these entries. */
export interface VolumeFilter {
  name?: string;
  status?: string;
  metadata?: Readonly<Record<string, string>>;
}

export interface SnapshotFilter extends VolumeFilter {
  volumeId?: string;
}

export interface AttachmentFilter {
  volumeId?: string;
  instanceId?: string;
}

const DEFAULT_PAGE_SIZE = 1000;
/** Cinder names a group's volumes only if it is asked to (API 3.25). */
const WITH_VOLUMES = { list_volume: 'True' };
const idSchema = z.object({ id: z.string() });

/** A path segment; ids come from outside. */
export function segment(id: string): string {
  return encodeURIComponent(id);
}

/**
 * Looks at one project of one Cinder and changes nothing. All methods throw CinderError; a thing that is not there is `not_found`.
 * Requests are repeated a few times when the service fails, and not sent at all for a moment once it looks dead.
 */
export class CinderReader {
  protected readonly connection: CinderConnection;
  protected readonly attachmentTimeoutMs: number;
  readonly #pageSize: number;

  /** Throws `bad_request` if the account's form is wrong. Asks nothing yet. */
  constructor(account: CinderAccount, options: CinderOptions = {}) {
    this.connection = new CinderConnection(account, options);
    this.attachmentTimeoutMs = options.attachmentTimeoutMs ?? 65_000;
    this.#pageSize = options.pageSize ?? DEFAULT_PAGE_SIZE;
  }

  /** What Cinder offers and what is used with it. */
  async version(): Promise<CinderVersion> {
    return (await this.connection.site()).version;
  }

  /** Tries everything that work with this account needs, from Keystone to the service token. Throws at the first thing that is wrong. */
  checkConnection(): Promise<ConnectionReport> {
    return checkConnection(this.connection);
  }

  volumeTypes(): Promise<VolumeType[]> {
    return this.#list('/types', 'volume_types', volumeTypeSchema, {});
  }

  /** The type of volumes for which none is asked; null if Cinder has no default. */
  async defaultVolumeType(): Promise<VolumeType | null> {
    try {
      return await this.#get('/types/default', 'volume_type', volumeTypeSchema);
    } catch (error) {
      if (isCinderError(error, 'not_found')) return null;
      throw error;
    }
  }

  /** Kinds of groups that volumes can be gathered in. */
  groupTypes(): Promise<GroupType[]> {
    return this.#list('/group_types', 'group_types', groupTypeSchema, {});
  }

  group(id: string): Promise<Group> {
    return this.#get(`/groups/${segment(id)}`, 'group', groupSchema, WITH_VOLUMES);
  }

  /** Oldest first. @param name of those alone that are called so */
  findGroups(name?: string): Promise<Group[]> {
    return this.#list('/groups/detail', 'groups', groupSchema, { ...WITH_VOLUMES, ...(name === undefined ? {} : { name }) });
  }

  volume(id: string): Promise<Volume> {
    return this.#get(`/volumes/${segment(id)}`, 'volume', volumeSchema);
  }

  /** Oldest first. */
  findVolumes(filter: VolumeFilter): Promise<Volume[]> {
    return this.#list('/volumes/detail', 'volumes', volumeSchema, filterQuery(filter));
  }

  /** Ids alone, which is cheaper for Cinder. */
  async findVolumeIds(filter: VolumeFilter): Promise<string[]> {
    const volumes = await this.#list('/volumes', 'volumes', idSchema, filterQuery(filter));
    return volumes.map(({ id }) => id);
  }

  /**
   * Volumes whose row changed after `time` by Cinder's clocks. Needs API 3.60: an older Cinder gives all volumes.
   * Not among them: volumes that were never changed since their creation, and deleted ones.
   */
  volumesChangedSince(time: Date): Promise<Volume[]> {
    return this.#list('/volumes/detail', 'volumes', volumeSchema, { updated_at: later(time) });
  }

  /** Volumes that are there and were created after `time`. As volumesChangedSince() otherwise. */
  volumesCreatedSince(time: Date): Promise<Volume[]> {
    return this.#list('/volumes/detail', 'volumes', volumeSchema, { created_at: later(time) });
  }

  /** Also those that are only reserved. */
  attachments(filter: AttachmentFilter = {}): Promise<Attachment[]> {
    return this.#list('/attachments/detail', 'attachments', attachmentSchema, {
      ...(filter.volumeId === undefined ? {} : { volume_id: filter.volumeId }),
      ...(filter.instanceId === undefined ? {} : { instance_id: filter.instanceId }),
    });
  }

  attachment(id: string): Promise<Attachment> {
    return this.#get(`/attachments/${segment(id)}`, 'attachment', attachmentSchema);
  }

  snapshot(id: string): Promise<Snapshot> {
    return this.#get(`/snapshots/${segment(id)}`, 'snapshot', snapshotSchema);
  }

  /** Oldest first. */
  findSnapshots(filter: SnapshotFilter): Promise<Snapshot[]> {
    const volume = filter.volumeId === undefined ? {} : { volume_id: filter.volumeId };
    return this.#list('/snapshots/detail', 'snapshots', snapshotSchema, { ...filterQuery(filter), ...volume });
  }

  async limits(): Promise<Limits> {
    return (await this.#get('/limits', 'limits', z.object({ absolute: limitsSchema }))).absolute;
  }

  /** Finer than limits(): per volume type, and the largest size of one volume (`per_volume_gigabytes`). */
  async quota(): Promise<QuotaSet> {
    const projectId = await this.connection.session.projectId();
    return this.#get(`/os-quota-sets/${segment(projectId)}`, 'quota_set', quotaSetSchema, { usage: 'true' });
  }

  /** The back ends' pools with their capacity. Cinder shows them only to administrators: otherwise `forbidden`. */
  pools(): Promise<Pool[]> {
    return this.#get('/scheduler-stats/get_pools', 'pools', z.array(poolSchema), { detail: 'true' });
  }

  /** Why something went wrong in the background with this volume or snapshot, newest first. */
  async messages(resourceId: string): Promise<UserMessage[]> {
    const messages = await this.#list('/messages', 'messages', messageSchema, { resource_uuid: resourceId });
    return messages.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  }

  /** Now by Cinder's clock, as its answers show it (to a second); by ours before the first answer. */
  serverTime(): Date {
    return this.connection.serverTime();
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.connection.close();
  }

  /** One thing, which the answer wraps in `key`. */
  #get<T>(path: string, key: string, schema: z.ZodType<T>, query: Readonly<Record<string, string>> = {}): Promise<T> {
    return this.connection.ask({ method: 'GET', path, query }, inside(key, schema));
  }

  #list<T extends { id: string }>(path: string, key: string, entry: z.ZodType<T>, query: Readonly<Record<string, string>>): Promise<T[]> {
    return readList(this.connection, { path, key, entry, query }, this.#pageSize);
  }
}

/** Cinder reads the metadata filter as a Python literal, and a JSON object of strings is one. */
function filterQuery(filter: VolumeFilter): Record<string, string> {
  return {
    ...(filter.name === undefined ? {} : { name: filter.name }),
    ...(filter.status === undefined ? {} : { status: filter.status }),
    ...(filter.metadata === undefined ? {} : { metadata: JSON.stringify(filter.metadata) }),
  };
}

/** Cinder compares with its own times, which are UTC without saying so. */
function later(time: Date): string {
  return `gt:${time.toISOString().replace('Z', '')}`;
}
