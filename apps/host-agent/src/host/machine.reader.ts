import type { Capabilities } from '@clinker/agent-protocol';
import { machine, release } from 'node:os';
import { HostFiles } from './host.files';

export type Processor = Capabilities['cpu'];

const KIB = 1_024;
const INTERFACES = 'sys/class/net';

/** Facts about the machine from /proc, /sys and /etc/os-release. */
export class MachineReader {
  constructor(private readonly files: HostFiles = new HostFiles()) {}

  /** The kernel's boot id; another one means that the host was restarted. */
  async bootId(): Promise<string> {
    return (await this.files.value('proc/sys/kernel/random/boot_id')) ?? 'unknown';
  }

  async operatingSystem(): Promise<{ osName: string; osVersion: string; kernelVersion: string }> {
    const text = (await this.files.text('etc/os-release')) ?? '';
    return { osName: assignment(text, 'NAME') ?? 'Linux', osVersion: assignment(text, 'VERSION_ID') ?? '', kernelVersion: release() };
  }

  async hardwareUuid(): Promise<string | null> {
    return (await this.files.value('sys/class/dmi/id/product_uuid')) || null;
  }

  /** Bytes of memory: all of it, and what could be given to a new process without swapping others out. */
  async memory(): Promise<{ totalBytes: number; availableBytes: number }> {
    const text = (await this.files.text('proc/meminfo')) ?? '';
    return { totalBytes: kibibytes(text, 'MemTotal') * KIB, availableBytes: kibibytes(text, 'MemAvailable') * KIB };
  }

  /** Names of the bridges that the kernel has, in order; of those in the network namespace in which /sys was mounted. */
  async bridges(): Promise<string[]> {
    const names = await this.files.names(INTERFACES);
    const are = await Promise.all(names.map((name) => this.isBridge(name)));
    return names.filter((_, index) => are[index]);
  }

  /** @param name of a network interface */
  isBridge(name: string): Promise<boolean> {
    return this.files.exists(`${INTERFACES}/${name}/bridge`);
  }

  async processor(): Promise<Processor> {
    const text = (await this.files.text('proc/cpuinfo')) ?? '';
    const blocks = text.split('\n\n').filter((block) => block.startsWith('processor'));
    const distinct = (name: string): number => new Set(blocks.map((block) => field(block, name))).size || 1;
    const first = blocks[0] ?? '';
    const cores = Number(field(first, 'cpu cores')) || Math.max(1, Math.ceil(blocks.length / distinct('physical id')));
    const siblings = Number(field(first, 'siblings')) || cores;
    return {
      name: field(first, 'model name') ?? machine(),
      architecture: machine(),
      speedMhz: Math.round(Number(field(first, 'cpu MHz') ?? 0)),
      sockets: distinct('physical id'),
      cores,
      threads: Math.max(1, Math.round(siblings / cores)),
    };
  }
}

function assignment(text: string, name: string): string | null {
  const line = text.split('\n').find((each) => each.startsWith(`${name}=`));
  return line ? line.slice(name.length + 1).replace(/^["']|["']$/g, '') : null;
}

function kibibytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0);
}

function field(block: string, name: string): string | null {
  const line = block.split('\n').find((each) => each.split(':')[0]?.trim() === name);
  return line ? line.slice(line.indexOf(':') + 1).trim() : null;
}
