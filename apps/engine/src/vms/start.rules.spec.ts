import type { PluggedDisk } from './plugged-disks.query';
import { startRefusal } from './start.rules';
import type { Vm } from './vm.entity';

const vm = (changes: Partial<Vm> = {}): Vm => ({ id: 'v', name: 'web', osKernel: null, bootDevices: ['hd'], ...changes }) as Vm;

interface Changes {
  disk?: object;
  attachment?: object;
  domain?: object;
}
const plugged = ({ disk, attachment, domain }: Changes = {}): PluggedDisk =>
  ({
    disk: { id: 'd', name: 'data', status: 'ok', volumeId: 'vol', ...disk },
    attachment: { bootable: true, status: 'ok', ...attachment },
    domain: { status: 'active', ...domain },
  }) as PluggedDisk;

describe('startRefusal', () => {
  it('lets a VM start from a bootable disk, a kernel or the network', () => {
    expect(startRefusal(vm(), [plugged()])).toBeUndefined();
    expect(startRefusal(vm({ osKernel: '/boot/vmlinuz' }), [])).toBeUndefined();
    expect(startRefusal(vm({ bootDevices: ['network'] }), [plugged({ attachment: { bootable: false } })])).toBeUndefined();
  });

  it.each([
    ['no disk', [], 'Cannot run VM without at least one bootable disk.'],
    ['no bootable disk', [plugged({ attachment: { bootable: false } })], 'Cannot run VM without at least one bootable disk.'],
    [
      'a locked disk',
      [plugged({ disk: { status: 'locked' } })],
      'Cannot run VM: The following disks are locked: data. Please try again in a few minutes.',
    ],
    ['an illegal disk', [plugged({ disk: { status: 'illegal' } })], 'ILLEGAL status: data'],
    ['a disk without volume', [plugged({ disk: { volumeId: null } })], 'ILLEGAL status: data'],
    ['a domain in maintenance', [plugged({ domain: { status: 'maintenance' } })], "Storage Domain's status is maintenance"],
    ['a disk that is being plugged', [plugged({ attachment: { status: 'locked' } })], 'Related operation is currently in progress.'],
  ])('refuses with %s', (_what, disks, text) => {
    expect(startRefusal(vm(), disks)?.message).toContain(text);
  });
});
