import { z } from 'zod';
import type { CinderConnection } from './cinder.connection';
import { segment } from './cinder.reader';
import { type GroupSnapshot, groupSnapshotSchema } from './group.schemas';
import { inside, readList } from './page.reader';

/** A new group of volumes: all of one back end, and of these types. */
export interface NewGroup {
  /** Not unique in Cinder: look for it before you create again. */
  name: string;
  groupTypeId: string;
  volumeTypeIds: readonly string[];
  /** Where the volumes are; Cinder's default when null. */
  availabilityZone: string | null;
}

const PAGE_SIZE = 1000;
const idSchema = z.object({ id: z.string() });

/**
 * Changes Cinder's generic volume groups (API 3.13) and their snapshots (3.14). What is accepted happens in the background: a group is `creating`, then
 * `available`, and `updating` while volumes come and go. Methods throw CinderError, and nothing is ever repeated in here.
 */
export class CinderGroups {
  constructor(private readonly connection: CinderConnection) {}

  /** Throws `over_limit` (a project has 10 groups unless somebody has allowed more), `bad_request`, `not_found` (type). @returns its id */
  async create({ name, groupTypeId, volumeTypeIds, availabilityZone }: NewGroup): Promise<string> {
    const group = { name, group_type: groupTypeId, volume_types: volumeTypeIds, availability_zone: availabilityZone };
    return (await this.connection.ask({ method: 'POST', path: '/groups', body: { group } }, inside('group', idSchema))).id;
  }

  /**
   * Adds volumes (at most 6: Cinder takes 255 characters) to an available group, or takes them out. They may be in use. Throws `bad_request`
   * for a volume of another group, back end or type.
   */
  async update(id: string, change: { add: readonly string[] } | { remove: readonly string[] }): Promise<void> {
    const group = 'add' in change ? { add_volumes: change.add.join(',') } : { remove_volumes: change.remove.join(',') };
    await this.connection.send({ method: 'PUT', path: `/groups/${segment(id)}`, body: { group } });
  }

  /** Accepted while neither volumes nor group snapshots are left (`bad_request`). @param force whatever the group's status is */
  async delete(id: string, force = false): Promise<void> {
    const body = { delete: { 'delete-volumes': force } };
    await this.connection.send({ method: 'POST', path: `/groups/${segment(id)}/action`, body });
  }

  /** Says that a group is usable after a change of it has failed. Cinder allows it to administrators: otherwise `forbidden`. */
  async reset(id: string): Promise<void> {
    const body = { reset_status: { status: 'available' } };
    await this.connection.send({ method: 'POST', path: `/groups/${segment(id)}/action`, body });
  }

  /** Takes a snapshot of all volumes of the group at one moment; each of them has one with this name then. */
  createSnapshot(groupId: string, name: string): Promise<string> {
    const body = { group_snapshot: { group_id: groupId, name } };
    return this.connection.ask({ method: 'POST', path: '/group_snapshots', body }, inside('group_snapshot', idSchema)).then(({ id }) => id);
  }

  snapshotsOf(groupId: string): Promise<GroupSnapshot[]> {
    const query = { group_id: groupId };
    return readList(
      this.connection,
      { path: '/group_snapshots/detail', key: 'group_snapshots', entry: groupSnapshotSchema, query },
      PAGE_SIZE,
    );
  }

  /** As {@link reset}, for a group snapshot. */
  async resetSnapshot(id: string): Promise<void> {
    const body = { reset_status: { status: 'available' } };
    await this.connection.send({ method: 'POST', path: `/group_snapshots/${segment(id)}/action`, body });
  }

  /** Accepted while it is `available` or `error` (`bad_request`); the snapshots of its volumes go with it. */
  async deleteSnapshot(id: string): Promise<void> {
    await this.connection.send({ method: 'DELETE', path: `/group_snapshots/${segment(id)}` });
  }
}
