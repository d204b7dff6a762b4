import { type Group, type GroupSnapshot, type Snapshot } from '@clinker/cinder';
import { somebodyElse } from '../cinder';
import { lab } from '../lab';

/** What a disk has to be to lie on a storage that takes snapshots of several volumes at one moment. */
export const GROUP_TYPE = { openstack_volume_type: { name: 'ceph-groups' } };

const BACK_END = 'cinder-volume-groups';

/** A group with what was taken of it. */
type GroupWithSnapshots = Group & { readonly snapshots: readonly GroupSnapshot[] };

/** The lab's storage that takes snapshots of several volumes at one moment, and what Cinder has there. */
export class GroupStorage {
  private readonly cinder = somebodyElse();

  async open(): Promise<void> {
    await lab('start', BACK_END);
  }

  async close(): Promise<void> {
    await this.cinder.close();
    await lab('stop', BACK_END);
  }

  /** The groups that were made for a snapshot of a VM, with those snapshots of theirs that Cinder has. */
  async groupsOf(snapshotId: string): Promise<GroupWithSnapshots[]> {
    return (await this.everyGroup()).filter(({ name }) => name?.startsWith(`clinker-${snapshotId}`));
  }

  /** All groups of the engine's project. */
  async everyGroup(): Promise<GroupWithSnapshots[]> {
    const groups = await this.cinder.groups.find();
    return Promise.all(groups.map(async (group) => ({ ...group, snapshots: await this.cinder.groups.snapshotsOf(group.id) })));
  }

  /** What Cinder has of a VM's snapshot: by the names that either way gives. */
  async snapshotsOf(snapshotId: string): Promise<Snapshot[]> {
    const all = await this.cinder.findSnapshots({});
    return all.filter(({ name }) => name?.startsWith(`clinker-${snapshotId}`));
  }
}
