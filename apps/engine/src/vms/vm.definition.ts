import type { DiskDefinition, NicDefinition, VmDefinition } from '@clinker/agent-protocol';
import type { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import type { BootDevice, Vm } from './vm.entity';

/** The place of a disk in the boot order, from 1; null if the VM does not boot from it. */
export function bootOrder(
  { bootDevices }: { bootDevices: readonly BootDevice[] },
  { bootable }: Pick<DiskAttachment, 'bootable'>,
): number | null {
  const place = bootDevices.indexOf('hd');
  return bootable && place >= 0 ? place + 1 : null;
}

/** A VM as its host is to start it, with the disks and interfaces that it sees from the start. */
export function vmDefinition(vm: Vm, disks: readonly DiskDefinition[], nics: readonly NicDefinition[]): VmDefinition {
  const { sockets, cores, threads } = vm;
  return {
    vmId: vm.id,
    name: vm.name,
    memoryBytes: vm.memory,
    cpu: { sockets, cores, threads },
    os: { kernel: vm.osKernel, initrd: vm.osInitrd, cmdline: vm.osCmdline, bootDevices: [...vm.bootDevices] },
    disks: [...disks],
    nics: [...nics],
  };
}
