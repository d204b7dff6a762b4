import { messages, renderMessage } from '@clinker/ovirt-api';
import { ConflictError } from '../errors/domain.errors';
import type { PluggedDisk } from './plugged-disks.query';
import { operationInProgress } from './vm.conflicts';
import type { Vm } from './vm.entity';

const names = { action: 'run', type: 'VM' };
const aliases = (plugged: readonly PluggedDisk[]): string => plugged.map(({ disk }) => disk.name).join(', ');

function diskRefusal(plugged: readonly PluggedDisk[]): string | undefined {
  const locked = plugged.filter(({ disk }) => disk.status === 'locked');
  if (locked.length > 0) return renderMessage(messages.DISKS_LOCKED, { ...names, diskAliases: aliases(locked) });
  const illegal = plugged.filter(({ disk }) => disk.status === 'illegal' || !disk.volumeId);
  if (illegal.length > 0) return renderMessage(messages.DISKS_ILLEGAL, { ...names, diskAliases: aliases(illegal) });
  const inactive = plugged.find(({ domain }) => domain.status !== 'active');
  if (inactive) return renderMessage(messages.STORAGE_DOMAIN_STATUS_ILLEGAL, { ...names, status: inactive.domain.status });
  return undefined;
}

const canBoot = (vm: Vm, plugged: readonly PluggedDisk[]): boolean =>
  vm.osKernel !== null || vm.bootDevices.includes('network') || plugged.some(({ attachment }) => attachment.bootable);

/** Why a VM with these plugged disks cannot be started, wherever; undefined if it can. */
export function startRefusal(vm: Vm, plugged: readonly PluggedDisk[]): ConflictError | undefined {
  if (plugged.some(({ attachment }) => attachment.status === 'locked')) return operationInProgress('run');
  const refusal = diskRefusal(plugged);
  if (refusal !== undefined) return new ConflictError(refusal);
  if (!canBoot(vm, plugged)) return new ConflictError(renderMessage(messages.VM_CANNOT_RUN_FROM_DISK_WITHOUT_DISK, {}));
  return undefined;
}
