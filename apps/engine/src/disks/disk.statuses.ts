import { type StatusTable, StatusMachine } from '../states/status.machine';
import { Disk, type DiskStatus } from './disk.entity';

const TABLE = {
  locked: { ok: 'the operation has ended', illegal: 'the operation is stuck, or the volume is gone' },
  ok: { locked: 'an operation begins', illegal: 'the volume is gone' },
  illegal: { locked: 'an operation begins', ok: 'what was stuck has ended' },
} as const satisfies StatusTable<DiskStatus>;

/** What a disk can be, and become. */
export const diskStatuses = new StatusMachine(
  'Disks',
  TABLE,
  { begins: { locked: 'added' }, ends: { locked: 'removed, unregistered, or could not be made' } },
  Disk,
);
