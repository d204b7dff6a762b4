import type { CinderClient, Snapshot } from '@clinker/cinder';
import { RetryLater } from '@clinker/sagas';
import { type EntityManager, In } from 'typeorm';
import { orGone, unlessGone } from '../cinder/cinder.absence';
import { BackendError } from '../errors/domain.errors';
import type { CinderPatience } from './cinder.patience';
import { DiskSnapshot, type DiskSnapshotId } from './disk-snapshot.entity';

/** Cinder does not delete the snapshot, because volumes depend on it and its driver cannot part them. */
export class SnapshotInUseError extends BackendError {}

/** Which group snapshot a member is part of: Cinder cannot search for that. */
export const GROUP_MARK = 'clinker_group_snapshot_id';

/** On a member that nobody needs any more. */
const RELEASED = { clinker_released: 'true' };

/** How long (ms) a request to delete is remembered. */
const REMEMBER_MS = 600_000;

/** How long (ms) until the others are looked at again. */
const LOOK_MS = 1_000;

/** A snapshot of which `groupSnapshotId` is not null. */
type Member = Snapshot & { readonly groupSnapshotId: string };

/** Whether Cinder has taken the snapshot as part of a group. */
export const isMember = (snapshot: Snapshot): snapshot is Member => snapshot.groupSnapshotId !== null;

/**
 * Snapshots that Cinder has taken as a group, and deletes as a group only: each that may go is marked, and whoever marks the last one has the
 * group snapshot deleted.
 */
export class GroupMembersClient {
  /** Group snapshots that this process has asked Cinder to delete, each with the members for which it was seen that Cinder keeps it after all. */
  private readonly asked = new Map<string, Set<string>>();

  constructor(
    private readonly db: EntityManager,
    private readonly patience: CinderPatience,
  ) {}

  /** @throws RetryLater while others of the group are needed, SnapshotInUseError if Cinder keeps it or it is not ours, CinderError */
  async release(client: CinderClient, member: Member): Promise<void> {
    const { id, status, groupSnapshotId, metadata } = member;
    if (this.patience.isOver(member, 'creating', 'deleting')) return deleteLost(client, groupSnapshotId);
    if (['creating', 'deleting'].includes(status)) return;
    if (metadata[GROUP_MARK] !== groupSnapshotId)
      throw new SnapshotInUseError(`The snapshot ${id} is part of the group snapshot ${groupSnapshotId} in Cinder, which is not ours.`);
    await client.addMetadata('snapshots', id, RELEASED);
    const needed = await this.needed(client, member);
    if (needed > 0)
      throw new RetryLater(`The snapshot ${id} goes with ${needed} others of the group snapshot ${groupSnapshotId}`, { afterMs: LOOK_MS });
    const told = this.asked.get(groupSnapshotId);
    if (!(await isIdle(client, id))) return;
    if (told && !told.has(id)) {
      told.add(id);
      throw new SnapshotInUseError(`Cinder keeps the snapshot ${id}, which is part of the group snapshot ${groupSnapshotId}.`);
    }
    await unlessGone('the group snapshot', () => client.groups.deleteSnapshot(groupSnapshotId));
    this.remember(groupSnapshotId);
  }

  /** How many others of the group are still needed: those that were not released, and that a VM's snapshot has. */
  private async needed(client: CinderClient, { id, groupSnapshotId }: Member): Promise<number> {
    const members = await client.findSnapshots({ metadata: { [GROUP_MARK]: groupSnapshotId } });
    const others = members.filter((one) => one.id !== id && one.metadata['clinker_released'] === undefined);
    const ids = others.flatMap(({ metadata }) => metadata['clinker_snapshot_id'] ?? []) as DiskSnapshotId[];
    return this.db.countBy(DiskSnapshot, { id: In(ids) });
  }

  private remember(groupSnapshotId: string): void {
    this.asked.set(groupSnapshotId, new Set());
    setTimeout(() => this.asked.delete(groupSnapshotId), REMEMBER_MS).unref();
  }
}

/** Deletes a group snapshot whose work Cinder has lost, so that it would be `creating` or `deleting` for ever. @throws CinderError */
export async function deleteLost(client: CinderClient, groupSnapshotId: string): Promise<void> {
  await orGone(async () => {
    await client.groups.resetSnapshot(groupSnapshotId);
    await client.groups.deleteSnapshot(groupSnapshotId);
  });
}

/** Whether it is there, and nobody deletes it now. @throws CinderError */
async function isIdle(client: CinderClient, id: string): Promise<boolean> {
  const snapshot = await orGone(() => client.snapshot(id));
  return snapshot !== undefined && snapshot.status !== 'deleting';
}
