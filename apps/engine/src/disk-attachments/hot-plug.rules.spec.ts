import { ConflictError } from '../errors/domain.errors';
import type { VmStatus } from '../vms/vm.entity';
import { modeOf, refuseLocked } from './hot-plug.rules';

describe('modeOf', () => {
  it.each([
    ['down', 'cold'],
    ['up', 'live'],
    ['paused', 'live'],
  ] as const)('changes the disks of a VM that is %s %s', (status, mode) => {
    expect(modeOf({ status }, 'plug')).toBe(mode);
  });

  it.each<[VmStatus, string]>([
    ['image_locked', 'VM is locked'],
    ['wait_for_launch', 'VM is locked'],
    ['powering_up', 'VM is locked'],
    ['powering_down', 'VM is locked'],
    ['unknown', "The VM's status is unknown"],
    ['not_responding', "The VM's status is not_responding"],
    ['saving_state', "The VM's status is saving_state"],
    ['suspended', "The VM's status is suspended"],
    ['restoring_state', "The VM's status is restoring_state"],
  ])('refuses while the VM is %s, in words that clients look for', (status, text) => {
    expect(() => modeOf({ status }, 'attach')).toThrow(ConflictError);
    expect(() => modeOf({ status }, 'attach')).toThrow(text);
  });
});

it('refuses an attachment that an operation has', () => {
  expect(() => refuseLocked({ status: 'locked' }, 'plug')).toThrow('Related operation is currently in progress.');
  expect(() => refuseLocked({ status: 'ok' }, 'plug')).not.toThrow();
});
