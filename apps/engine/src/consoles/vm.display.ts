import type { WireObject } from '@clinker/ovirt-api';
import type { Vm, VmStatus } from '../vms/vm.entity';

/** The VM has a domain, and its host answers. */
const WITH_DISPLAY: readonly VmStatus[] = ['up', 'paused', 'powering_down'];

export const hasDisplay = ({ status, hostId }: Pick<Vm, 'status' | 'hostId'>): boolean => hostId !== null && WITH_DISPLAY.includes(status);

/** Where clients reach the VM's display now, as members of the wire. */
export const displayAddress = (vm: Pick<Vm, 'status' | 'hostId' | 'console'>): WireObject =>
  hasDisplay(vm) && vm.console ? { ...vm.console } : {};
