import type { CallStep, Step, WaitStep } from '@clinker/sagas';
import { messages, renderMessage } from '@clinker/ovirt-api';
import { type EntityManager, In } from 'typeorm';
import { Disk } from '../disks/disk.entity';
import { diskStatuses } from '../disks/disk.statuses';
import { ConflictError } from '../errors/domain.errors';
import type { DiskCopiesClient } from './disk-copies.client';
import type { Copying, DiskCopy } from './disk-copy';

const SNAPSHOT_MADE = 'wait until Cinder has made the snapshots';

const withCopies = <S extends Copying>(copies: readonly DiskCopy[]): Partial<S> => ({ copies }) as unknown as Partial<S>;

/** What is there stays noted: a volume that was seen is not looked at again. */
function progressOf<S extends Copying>(copies: readonly DiskCopy[]): true | (Partial<S> & { progress: number }) {
  const made = copies.filter(({ isMade }) => isMade).length;
  return made === copies.length || { ...withCopies<S>(copies), progress: Math.floor((100 * made) / copies.length) };
}

const originIds = ({ copies }: Copying) => copies.flatMap(({ origin }) => origin?.diskId ?? []);

/**
 * Takes the disks that are copied as they are now, until their snapshots are there.
 * @throws ConflictError if another operation has one
 */
export async function lockOrigins(copying: Copying, tx: EntityManager, names: { action: string; type: string }): Promise<void> {
  if (!(await diskStatuses.move(tx, originIds(copying), { from: 'ok', to: 'locked' })))
    throw new ConflictError(renderMessage(messages.DISK_LOCKED, names));
}

/** Gives the disks back that are copied, unless that has been done. */
export async function releaseOrigins(copying: Copying, tx: EntityManager): Promise<void> {
  if (!copying.originsReleased) await diskStatuses.move(tx, originIds(copying), { from: 'locked', to: 'ok' });
}

/** Snapshots the disks that are copied as they are now, and gives them back: their VM may run, and goes on. */
export const snapshotSteps = <S extends Copying>(client: DiskCopiesClient): readonly Step<S>[] => [
  {
    kind: 'call',
    name: 'snapshot the disks',
    run: async (at, ctx) => withCopies<S>(await client.snapshotOrigins(at, ctx)),
    undo: (at, ctx) => client.removeSnapshots(at, ctx),
  },
  { kind: 'wait', name: SNAPSHOT_MADE, until: (at, ctx) => client.areSnapshotsMade(at, ctx), every: '5s', within: '1h' },
  {
    kind: 'transaction',
    name: 'give the copied disks back',
    run: async (at, tx) => {
      await releaseOrigins(at, tx);
      return { originsReleased: true } as unknown as Partial<S>;
    },
  },
];

/** Makes the volumes of the copies from snapshots. */
export const copySteps = <S extends Copying>(client: DiskCopiesClient): readonly [CallStep<S>, WaitStep<S>] => [
  {
    kind: 'call',
    name: 'ask Cinder for the volumes',
    run: async (at, ctx) => withCopies<S>(await client.requestVolumes(at, ctx)),
    undo: (at, ctx) => client.removeVolumes(at, ctx),
  },
  {
    kind: 'wait',
    name: 'wait until Cinder has made the volumes',
    until: async (at, ctx) => progressOf<S>(await client.lookAtVolumes(at, ctx)),
    every: '5s',
    within: '6h',
  },
];

/** Gives the copies to their owner; from here on they are ordinary disks. @throws ConflictError if one is gone */
export async function unlockCopies({ copies }: Copying, tx: EntityManager): Promise<void> {
  for (const { diskId, volumeId, name } of copies) {
    const isThere = await diskStatuses.move(tx, diskId, { from: 'locked', to: 'ok' }, { volumeId, statusReason: null });
    if (!isThere) throw new ConflictError(`The disk ${name} is no longer there.`);
  }
}

/** Forgets the new disks, as an undo. */
export async function forgetCopies({ copies }: Copying, tx: EntityManager): Promise<void> {
  await tx.delete(Disk, { id: In(copies.map(({ diskId }) => diskId)) });
}

/** The last steps: what was only needed on the way goes. A back end may keep a snapshot as long as copies depend on it; then it is tried again. */
export const tidySteps = <S extends Copying>(client: DiskCopiesClient, hasOrigins: boolean): readonly Step<S>[] => [
  { kind: 'call', name: 'remove what lost requests have made', run: (at, ctx) => client.removeSurplus(at, ctx) },
  ...(hasOrigins ? [removeSnapshots<S>(client)] : []),
];

const removeSnapshots = <S extends Copying>(client: DiskCopiesClient): CallStep<S> => ({
  kind: 'call',
  name: 'remove the snapshots of the copied disks',
  run: (at, ctx) => client.removeSnapshots(at, ctx),
});
