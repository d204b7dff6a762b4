import { LibvirtConnection } from './libvirt.connection';
import { nodeProcedures } from './protocol/remote.procedures';

export interface NodeInfo {
  /** Architecture, as `x86_64`. */
  readonly cpuModel: string;
  readonly memoryBytes: number;
  /** CPUs that are online. */
  readonly cpus: number;
  readonly mhz: number;
  /** NUMA nodes, and per node: sockets, cores per socket, threads per core. */
  readonly nodes: number;
  readonly sockets: number;
  readonly cores: number;
  readonly threads: number;
}

/** What a domain on this host may have; what is left out is libvirt's default. */
export interface DomainCapabilitiesOptions {
  readonly emulator?: string;
  readonly arch?: string;
  readonly machine?: string;
  readonly virtType?: 'kvm' | 'qemu';
}

/** `VIR_NODE_CPU_STATS_ALL_CPUS` and `VIR_NODE_MEMORY_STATS_ALL_CELLS` */
const ALL = -1;

/** The host and the libvirt on it. */
export class NodeClient {
  readonly #connection: LibvirtConnection;

  constructor(connection: LibvirtConnection) {
    this.#connection = connection;
  }

  /** Version of libvirt, as `9.0.0`. */
  async libvirtVersion(): Promise<string> {
    return versionText(await this.#connection.call(nodeProcedures.libvirtVersion, undefined));
  }

  /** Version of QEMU, as `7.2.19`. */
  async hypervisorVersion(): Promise<string> {
    return versionText(await this.#connection.call(nodeProcedures.hypervisorVersion, undefined));
  }

  async hostname(): Promise<string> {
    return this.#connection.call(nodeProcedures.hostname, undefined);
  }

  async info(): Promise<NodeInfo> {
    const { model, memoryKib, ...counts } = await this.#connection.call(nodeProcedures.info, undefined);
    const end = model.indexOf(0);
    const cpuModel = String.fromCharCode(...model.slice(0, end < 0 ? model.length : end));
    return { cpuModel, memoryBytes: Number(memoryKib) * 1024, ...counts };
  }

  async capabilitiesXml(): Promise<string> {
    return this.#connection.call(nodeProcedures.capabilities, undefined);
  }

  async domainCapabilitiesXml(options: DomainCapabilitiesOptions = {}): Promise<string> {
    const { emulator = null, arch = null, machine = null, virtType = null } = options;
    return this.#connection.call(nodeProcedures.domainCapabilities, { emulator, arch, machine, virtType, flags: 0 });
  }

  /** Memory that nobody uses, in bytes. Caches count as used: `memoryStatistics` knows more. */
  async freeMemoryBytes(): Promise<number> {
    return Number(await this.#connection.call(nodeProcedures.freeMemory, undefined));
  }

  /** Nanoseconds that all CPUs together spent since boot, by libvirt's names: `kernel`, `user`, `idle`, `iowait`. */
  async cpuStatistics(): Promise<ReadonlyMap<string, bigint>> {
    const { count } = await this.#connection.call(nodeProcedures.cpuStatistics, { cpu: ALL, count: 0, flags: 0 });
    const { values } = await this.#connection.call(nodeProcedures.cpuStatistics, { cpu: ALL, count, flags: 0 });
    return new Map(values.map(({ field, value }) => [field, value]));
  }

  /** Bytes of memory by libvirt's names: `total`, `free`, `buffers`, `cached`. */
  async memoryStatistics(): Promise<ReadonlyMap<string, number>> {
    const { count } = await this.#connection.call(nodeProcedures.memoryStatistics, { count: 0, cell: ALL, flags: 0 });
    const { values } = await this.#connection.call(nodeProcedures.memoryStatistics, { count, cell: ALL, flags: 0 });
    return new Map(values.map(({ field, value }) => [field, Number(value) * 1024]));
  }
}

/** libvirt packs major, minor and micro into one number, three decimal digits for each of the last two. */
function versionText(version: bigint): string {
  const number = Number(version);
  return [Math.floor(number / 1_000_000), Math.floor(number / 1_000) % 1_000, number % 1_000].join('.');
}
