import type { Group, GroupSnapshot, GroupType, Snapshot } from '@clinker/cinder';
import { somebodyElse } from '../cinder';
import { BARE_VM, type Installation } from '../installation';
import { lab, until } from '../lab';

/** What a disk has to be to lie on a storage that takes snapshots of several volumes at one moment. */
export const GROUP_TYPE = { openstack_volume_type: { name: 'ceph-groups' } };

const BACK_END = 'cinder-volume-groups';

/** A group with what was taken of it. */
type GroupWithSnapshots = Group & { readonly snapshots: readonly GroupSnapshot[] };

/** The lab's storage that takes snapshots of several volumes at one moment, and what Cinder has there. */
export class GroupStorage {
  private readonly cinder = somebodyElse();

  /** Lets a user have a running VM, without a guest agent, with two disks there. @returns its id, and the disks' */
  async runVm(user: Installation): Promise<[string, string, string]> {
    const [vmId, first, second] = await Promise.all([user.vm(BARE_VM), user.disk(GROUP_TYPE), user.disk(GROUP_TYPE)]);
    await user.attach(vmId, first, { bootable: 'true' });
    await user.attach(vmId, second);
    await user.start(vmId);
    return [vmId, first, second];
  }

  async open(): Promise<void> {
    await lab('start', BACK_END);
  }

  async close(): Promise<void> {
    await this.cinder.close();
    await lab('stop', BACK_END);
  }

  /** The groups that were made for a snapshot of a VM, with those snapshots of theirs that Cinder has. */
  async groupsOf(snapshotId: string): Promise<GroupWithSnapshots[]> {
    return (await this.everyGroup()).filter(({ name }) => name?.includes(snapshotId));
  }

  /** All groups of the engine's project. */
  async everyGroup(): Promise<GroupWithSnapshots[]> {
    const groups = await this.cinder.findGroups();
    return Promise.all(groups.map(async (group) => ({ ...group, snapshots: await this.cinder.groups.snapshotsOf(group.id) })));
  }

  /** Makes a group behind the engine's back, and takes a snapshot of it. @param volumeIds to be gathered in it @returns its id */
  async gather(name: string, ...volumeIds: string[]): Promise<string> {
    const isSpecial = ({ specs, name: type }: GroupType) => 'consistent_group_snapshot_enabled' in specs && !type.startsWith('default_');
    const groupTypeId = (await this.cinder.groupTypes()).find(isSpecial)!.id;
    const type = (await this.cinder.volumeTypes()).find((one) => one.name === GROUP_TYPE.openstack_volume_type.name)!;
    const id = await this.cinder.groups.create({ name, groupTypeId, volumeTypeIds: [type.id], availabilityZone: null });
    await this.isAvailable(id);
    if (volumeIds.length === 0) return id;
    await this.cinder.groups.update(id, { add: volumeIds });
    await this.isAvailable(id);
    await this.cinder.groups.createSnapshot(id, name);
    return id;
  }

  private async isAvailable(id: string): Promise<void> {
    await until(
      `group ${id} available`,
      () => this.cinder.group(id),
      ({ status }) => status === 'available',
    );
  }

  /** What Cinder has of a VM's snapshot: by the names that either way gives. */
  async snapshotsOf(snapshotId: string): Promise<Snapshot[]> {
    const all = await this.cinder.findSnapshots({});
    return all.filter(({ name }) => name?.includes(snapshotId));
  }
}
