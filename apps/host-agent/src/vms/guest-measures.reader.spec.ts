import type { DomainStatistics } from '@clinker/libvirt';
import type { LiveDisk } from './domain-xml.reader';
import { type GuestSample, measuresOf } from './guest-measures.reader';

type TypedValue = DomainStatistics['fields'] extends ReadonlyMap<string, infer Value> ? Value : never;

const VM = '10000000-0000-4000-8000-000000000000';
const DISK = '20000000-0000-4000-8000-000000000000';
const disk = { diskId: DISK, target: 'vda' } as LiveDisk;
const foreign = { diskId: null, target: 'sda' } as LiveDisk;

const sample = (at: number, fields: Record<string, TypedValue>): GuestSample => ({ at, fields: new Map(Object.entries(fields)) });

/** Two virtual CPUs, two disks and two interfaces, as libvirt tells of them. */
const start = {
  'vcpu.current': 2,
  'cpu.time': 5_000_000_000n,
  'cpu.system': 1_000_000_000n,
  'balloon.rss': 2048n,
  'net.count': 2,
  'net.0.rx.bytes': 100n,
  'net.0.tx.bytes': 0n,
  'net.1.rx.bytes': 0n,
  'net.1.tx.bytes': 7n,
  'block.count': 2,
  'block.0.name': 'vda',
  'block.0.rd.bytes': 4096n,
  'block.0.wr.bytes': 0n,
  'block.0.wr.reqs': 10n,
  'block.0.wr.times': 0n,
  'block.1.name': 'sda',
};
const before = sample(1_000, start);
const later = (changes: Record<string, TypedValue>) => sample(3_000, { ...start, ...changes });

describe('what a guest uses', () => {
  it('is nothing if nothing has changed, but for what it has in memory', () => {
    expect(measuresOf(VM, [before, later({})], [disk, foreign])).toEqual({
      vmId: VM,
      cpu: { guest: 0, hypervisor: 0 },
      memory: null,
      residentBytes: 2 ** 21,
      networkBytesPerSecond: 0,
      disks: [{ diskId: DISK, readBytesPerSecond: 0, writtenBytesPerSecond: 0, readLatency: 0, writeLatency: 0, flushLatency: 0 }],
    });
  });

  it('is a share of all its virtual CPUs, a part of it the kernel’s', () => {
    const now = later({ 'cpu.time': 7_000_000_000n, 'cpu.system': 1_400_000_000n });
    expect(measuresOf(VM, [before, now], []).cpu).toEqual({ guest: 40, hypervisor: 10 });
    expect(measuresOf(VM, [before, later({ 'cpu.time': 90_000_000_000n })], []).cpu).toEqual({ guest: 100, hypervisor: 0 });
  });

  it('is what comes and goes over all interfaces', () => {
    const now = later({ 'net.0.rx.bytes': 300n, 'net.1.tx.bytes': 107n });
    expect(measuresOf(VM, [before, now], []).networkBytesPerSecond).toBe(150);
  });

  it('is what each disk of ours does, and how long its requests take', () => {
    const now = later({ 'block.0.rd.bytes': 8192n, 'block.0.wr.bytes': 100n, 'block.0.wr.reqs': 14n, 'block.0.wr.times': 8_000_000n });
    expect(measuresOf(VM, [before, now], [foreign, disk]).disks).toEqual([
      { diskId: DISK, readBytesPerSecond: 2048, writtenBytesPerSecond: 50, readLatency: 0, writeLatency: 0.002, flushLatency: 0 },
    ]);
  });

  it('is the memory of which its balloon driver tells', () => {
    const now = later({ 'balloon.available': 1000n, 'balloon.unused': 400n, 'balloon.disk_caches': 100n });
    expect(measuresOf(VM, [before, now], []).memory).toEqual({ used: 600 * 1024, free: 400 * 1024, cached: 100 * 1024 });
  });

  it('is never less than nothing where counters have begun anew', () => {
    const now = later({ 'cpu.time': 1n, 'net.0.rx.bytes': 0n, 'block.0.rd.bytes': 0n });
    const { cpu, networkBytesPerSecond, disks } = measuresOf(VM, [before, now], [disk]);
    expect([cpu.guest, networkBytesPerSecond, disks[0]!.readBytesPerSecond]).toEqual([0, 0, 0]);
  });
});
