import type { DiskMeasures, GuestMeasures } from '@clinker/agent-protocol';
import type { DomainStatistics } from '@clinker/libvirt';
import type { LiveDisk } from './domain-xml.reader';

/** libvirt's figures of one domain at one moment. */
export interface GuestSample {
  /** A clock that only goes forward (ms). */
  readonly at: number;
  readonly fields: DomainStatistics['fields'];
}

/** The figures of one domain at two moments, the later last. */
export type GuestSamples = readonly [GuestSample, GuestSample];

const MS_PER_SECOND = 1_000;
const NS_PER_MS = 1_000_000;
const NS_PER_SECOND = 1_000_000_000;
const KIB = 1024;

const figure = ({ fields }: GuestSample, name: string): number => Number(fields.get(name) ?? 0);

/** How much a counter has grown; nothing if it has begun anew. */
const growth = ([before, now]: GuestSamples, name: string): number => Math.max(0, figure(now, name) - figure(before, name));

const seconds = ([before, now]: GuestSamples): number => (now.at - before.at) / MS_PER_SECOND;

/** The numbers of the domain's devices of one kind, as libvirt counts them. */
const devices = ([, now]: GuestSamples, kind: 'block' | 'net'): number[] =>
  Array.from({ length: figure(now, `${kind}.count`) }, (_none, number) => number);

/** What a guest uses, by what has changed between two moments. */
export function measuresOf(vmId: string, samples: GuestSamples, disks: readonly LiveDisk[]): GuestMeasures {
  const [, now] = samples;
  return {
    vmId,
    cpu: cpuOf(samples),
    memory: memoryOf(now),
    residentBytes: figure(now, 'balloon.rss') * KIB,
    networkBytesPerSecond: networkOf(samples),
    disks: devices(samples, 'block').flatMap((number) => diskOf(samples, number, disks) ?? []),
  };
}

function cpuOf(samples: GuestSamples): GuestMeasures['cpu'] {
  const [before, now] = samples;
  const available = (now.at - before.at) * NS_PER_MS * Math.max(1, figure(now, 'vcpu.current'));
  const share = (ns: number): number => Math.min(100, (100 * ns) / available);
  const hypervisor = share(growth(samples, 'cpu.system'));
  return { guest: Math.max(0, share(growth(samples, 'cpu.time')) - hypervisor), hypervisor };
}

/** `unused` is what nobody uses, `usable` what the guest can free without swapping. */
function memoryOf(now: GuestSample): GuestMeasures['memory'] {
  if (!now.fields.has('balloon.available') || !now.fields.has('balloon.unused')) return null;
  const [available, free] = [figure(now, 'balloon.available'), figure(now, 'balloon.unused')];
  const used = Math.max(0, available - free);
  return { used: used * KIB, free: free * KIB, cached: figure(now, 'balloon.disk_caches') * KIB };
}

function networkOf(samples: GuestSamples): number {
  const bytes = devices(samples, 'net').map(
    (number) => growth(samples, `net.${number}.rx.bytes`) + growth(samples, `net.${number}.tx.bytes`),
  );
  return bytes.reduce((sum, one) => sum + one, 0) / seconds(samples);
}

function diskOf(samples: GuestSamples, number: number, disks: readonly LiveDisk[]): DiskMeasures | undefined {
  const name = samples[1].fields.get(`block.${number}.name`);
  const diskId = disks.find(({ target }) => target === name)?.diskId;
  if (!diskId) return undefined;
  const grown = (counter: string): number => growth(samples, `block.${number}.${counter}`);
  const latency = (kind: string): number => grown(`${kind}.times`) / NS_PER_SECOND / Math.max(1, grown(`${kind}.reqs`));
  return {
    diskId,
    readBytesPerSecond: grown('rd.bytes') / seconds(samples),
    writtenBytesPerSecond: grown('wr.bytes') / seconds(samples),
    readLatency: latency('rd'),
    writeLatency: latency('wr'),
    flushLatency: latency('fl'),
  };
}
