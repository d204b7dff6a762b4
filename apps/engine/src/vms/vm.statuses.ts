import { type StatusTable, StatusMachine } from '../states/status.machine';
import { Vm, type VmStatus } from './vm.entity';

const TABLE = {
  down: { wait_for_launch: 'started', image_locked: 'its disks are worked on' },
  image_locked: { down: 'its disks are ready' },
  wait_for_launch: { powering_up: 'the host starts it', down: 'the start is taken back' },
  powering_up: {
    up: 'the host has it',
    paused: 'found paused',
    not_responding: 'the host does not answer',
    down: 'the start is taken back',
  },
  not_responding: { up: 'found running', paused: 'found paused', down: 'the start is taken back' },
  up: {
    paused: 'an error of its storage',
    unknown: 'its host is silent',
    powering_down: 'stopped, shut down, or gone',
    saving_state: 'suspended',
    down: 'the start is taken back',
  },
  paused: {
    up: 'runs again',
    unknown: 'its host is silent',
    powering_down: 'stopped, or gone',
    down: 'the start is taken back',
  },
  unknown: { up: 'found running', paused: 'found paused', powering_down: 'stopped, or gone', down: 'the start is taken back' },
  powering_down: {
    down: 'its disks are free, or its memory is gone',
    suspended: 'the end is taken back',
    up: 'the end is taken back',
    paused: 'the end is taken back',
    unknown: 'the end is taken back',
  },
  saving_state: { suspended: 'its memory is kept', up: 'the suspension is taken back', unknown: 'taken back, and its host is silent' },
  suspended: { restoring_state: 'started', powering_down: 'stopped' },
  restoring_state: { up: 'goes on', suspended: 'the start is taken back' },
} as const satisfies StatusTable<VmStatus>;

/** What a VM can be, and become. */
export const vmStatuses = new StatusMachine(
  'VMs',
  TABLE,
  { begins: { down: 'added', image_locked: 'added with copies of disks' }, ends: { down: 'removed', image_locked: 'could not be made' } },
  Vm,
);
