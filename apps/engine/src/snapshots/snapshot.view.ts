import type { DiskSnapshot } from '../disks/disk-snapshot.entity';
import type { Disk } from '../disks/disk.entity';
import type { Nic } from '../networks/nic.entity';
import type { Vm } from '../vms/vm.entity';
import type { Hardware } from './snapshot.configuration';
import type { SnapshotStatus, VmSnapshot } from './vm-snapshot.entity';

/** A snapshot as the API shows it: one that was taken, or the VM as it is now. */
export interface SnapshotView {
  readonly id: string;
  readonly vmId: string;
  /** Of one that was taken. oVirt's active one has none, by which clients that remove old snapshots leave it alone. */
  readonly vmName?: string;
  readonly description: string;
  readonly type: VmSnapshot['type'] | 'active';
  readonly status: SnapshotStatus;
  readonly persistMemorystate: boolean;
  readonly creationTime: Date;
  readonly hardware: Hardware;
}

/** A disk in a snapshot. */
export interface DiskInSnapshot {
  readonly disk: Disk;
  readonly vmId: string;
  /** What the snapshot has of it. */
  readonly image: Pick<DiskSnapshot, 'id' | 'snapshotId' | 'provisionedSize'> & Pick<Disk, 'status'>;
}

export type NicInSnapshot = Omit<Nic, 'status'>;

/** A snapshot that was taken. */
export const takenView = ({ configuration, ...snapshot }: VmSnapshot, vmName: string): SnapshotView => ({
  ...snapshot,
  vmName,
  hardware: configuration.vm,
});

/** The snapshot that every VM has: the VM as it is now. Its id is the VM's. */
export const activeView = (vm: Vm): SnapshotView => ({
  id: vm.id,
  vmId: vm.id,
  description: 'Active VM',
  type: 'active',
  status: 'ok',
  persistMemorystate: false,
  creationTime: vm.creationTime,
  hardware: vm,
});
