import type { GuestMeasures } from '@clinker/agent-protocol';
import type { Links, WireObject } from '@clinker/ovirt-api';
import { nameBasedId } from '../http/name-based.id';
import type { Vm } from './vm.entity';

const SECOND_MS = 1_000;

/** oVirt reckons with interfaces of 1 Gbit/s: so many bytes a second are 100 per cent. */
const FULL_NETWORK = 125_000_000;

type Measures = GuestMeasures | undefined;

/** Seconds since the start of a VM that runs; 0 while it is down. */
const elapsedSeconds = ({ hostId, startTime }: Vm): number =>
  hostId === null || startTime === null ? 0 : Math.max(0, Math.floor((Date.now() - startTime.getTime()) / SECOND_MS));

/** Of a guest that does not tell, what the host has in memory for it: no more than it may have. */
const memoryUsed = ({ memory }: Vm, measures: Measures): number => measures?.memory?.used ?? Math.min(memory, measures?.residentBytes ?? 0);

const percent = (value = 0): number => Math.round(value * 100) / 100;

const cpuTotal = (measures: Measures): number => (measures ? measures.cpu.guest + measures.cpu.hypervisor : 0);

const networkTotal = (measures: Measures): number => Math.min(100, (100 * (measures?.networkBytesPerSecond ?? 0)) / FULL_NETWORK);

type Figure = (vm: Vm, measures: Measures) => number;

const bytes = (figure: Figure) => ['integer', 'bytes', figure] as const;
const percents = (figure: (measures: Measures) => number) =>
  ['decimal', 'percent', (_vm: Vm, measures: Measures) => percent(figure(measures))] as const;

/** oVirt's figures of a VM: name, description, type, unit, and the figure. What is not known is 0. */
const STATISTICS: readonly (readonly [string, string, 'integer' | 'decimal', string, Figure])[] = [
  ['memory.installed', 'Total memory configured', ...bytes(({ memory }) => memory)],
  ['memory.used', 'Memory used (agent)', ...bytes(memoryUsed)],
  ['memory.free', 'Memory free (agent)', ...bytes((_vm, measures) => measures?.memory?.free ?? 0)],
  ['memory.buffered', 'Memory buffered (agent)', ...bytes(() => 0)],
  ['memory.cached', 'Memory cached (agent)', ...bytes((_vm, measures) => measures?.memory?.cached ?? 0)],
  ['memory.unused', 'Memory unused (agent)', ...bytes((_vm, measures) => measures?.memory?.free ?? 0)],
  ['cpu.current.guest', 'CPU used by guest', ...percents((measures) => measures?.cpu.guest ?? 0)],
  ['cpu.current.hypervisor', 'CPU overhead', ...percents((measures) => measures?.cpu.hypervisor ?? 0)],
  ['cpu.current.total', 'Total CPU used', ...percents(cpuTotal)],
  ['network.current.total', 'Total network used', ...percents(networkTotal)],
  ['migration.progress', 'Migration progress', ...percents(() => 0)],
  ['elapsed.time', 'Elapsed VM runtime', 'integer', 'seconds', elapsedSeconds],
];

/** A VM's statistics as oVirt shows them. @param measures what its guest uses now, if it is known */
export const vmStatistics = (vm: Vm, links: Links, measures?: GuestMeasures): (WireObject & { id: string })[] =>
  STATISTICS.map(([name, description, type, unit, figure]) => ({
    ...links.reference(`vms/${vm.id}/statistics`, nameBasedId(vm.id, name)),
    name,
    description,
    kind: 'gauge',
    type,
    unit,
    values: { value: [{ datum: figure(vm, measures) }] },
    vm: links.reference('vms', vm.id),
  }));
