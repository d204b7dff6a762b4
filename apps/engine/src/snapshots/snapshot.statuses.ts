import { type StatusTable, StatusMachine } from '../states/status.machine';
import { type SnapshotStatus, VmSnapshot } from './vm-snapshot.entity';

const TABLE = {
  locked: { ok: 'the operation has ended', in_preview: 'previewed' },
  ok: { locked: 'an operation begins' },
  in_preview: { ok: 'the preview is undone or committed' },
} as const satisfies StatusTable<SnapshotStatus>;

/** What a snapshot of a VM can be, and become. */
export const snapshotStatuses = new StatusMachine(
  'Snapshots',
  TABLE,
  { begins: { locked: 'taken' }, ends: { locked: 'removed, or could not be taken', ok: 'its VM is removed' } },
  VmSnapshot,
);
