import type { Links, WireObject } from '@clinker/ovirt-api';
import { nameBasedId } from '../http/name-based.id';
import type { Vm } from './vm.entity';

const SECOND_MS = 1_000;

/** Seconds since the start of a VM that runs; 0 while it is down. */
const elapsedSeconds = ({ hostId, startTime }: Vm): number =>
  hostId === null || startTime === null ? 0 : Math.max(0, Math.floor((Date.now() - startTime.getTime()) / SECOND_MS));

const nothing = (): number => 0;

/** oVirt's figures of a VM: name, description, type, unit, and what is known of it. Hosts do not measure the others yet: they are 0. */
const STATISTICS = [
  ['memory.installed', 'Total memory configured', 'integer', 'bytes', ({ memory }: Vm) => memory],
  ['memory.used', 'Memory used (agent)', 'integer', 'bytes', nothing],
  ['cpu.current.guest', 'CPU used by guest', 'decimal', 'percent', nothing],
  ['cpu.current.hypervisor', 'CPU overhead', 'decimal', 'percent', nothing],
  ['cpu.current.total', 'Total CPU used', 'decimal', 'percent', nothing],
  ['network.current.total', 'Total network used', 'decimal', 'percent', nothing],
  ['migration.progress', 'Migration progress', 'decimal', 'percent', nothing],
  ['elapsed.time', 'Elapsed VM runtime', 'integer', 'seconds', elapsedSeconds],
] as const;

/** A VM's statistics as oVirt shows them. */
export const vmStatistics = (vm: Vm, links: Links): (WireObject & { id: string })[] =>
  STATISTICS.map(([name, description, type, unit, value]) => ({
    ...links.reference(`vms/${vm.id}/statistics`, nameBasedId(vm.id, name)),
    name,
    description,
    kind: 'gauge',
    type,
    unit,
    values: { value: [{ datum: value(vm) }] },
    vm: links.reference('vms', vm.id),
  }));
