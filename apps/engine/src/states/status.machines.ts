import { diskSnapshotStatuses } from '../disks/disk-snapshot.statuses';
import { diskStatuses } from '../disks/disk.statuses';
import { snapshotStatuses } from '../snapshots/snapshot.statuses';
import { domainStatuses } from '../storage-domains/domain.statuses';
import { templateStatuses } from '../templates/template.statuses';
import { vmStatuses } from '../vms/vm.statuses';

/** Everything whose status is the lock between operations. */
export const STATUS_MACHINES = [
  domainStatuses,
  diskStatuses,
  vmStatuses,
  snapshotStatuses,
  diskSnapshotStatuses,
  templateStatuses,
] as const;
