import { type StatusTable, StatusMachine } from '../states/status.machine';
import { DiskSnapshot } from './disk-snapshot.entity';

const TABLE = {
  locked: { ok: 'the operation has ended' },
  ok: { locked: 'it is being removed' },
} as const satisfies StatusTable<DiskSnapshot['status']>;

/** What the snapshot of a disk can be, and become. */
export const diskSnapshotStatuses = new StatusMachine(
  'Snapshots of disks',
  TABLE,
  { begins: { locked: 'taken' }, ends: { locked: 'removed, or could not be taken', ok: 'its disk is removed' } },
  DiskSnapshot,
);
