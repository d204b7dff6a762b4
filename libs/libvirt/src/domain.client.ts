import { LibvirtConnection } from './libvirt.connection';
import { DomainState, DomainStateAndReason, domainStateName, domainStateOf } from './domain.states';
import { domainProcedures } from './protocol/remote.procedures';
import { TypedParameter, TypedValue, WireDomain, domainOf } from './protocol/wire.types';

/** A domain that libvirt knows. `id` is null while it does not run. */
export interface Domain {
  readonly uuid: string;
  readonly name: string;
  readonly id: number | null;
}

export interface DomainInfo extends Domain, DomainStateAndReason {}

export interface DomainResources {
  readonly state: DomainState;
  readonly maxMemoryBytes: number;
  readonly memoryBytes: number;
  readonly vcpus: number;
  /** CPU time used since the start, in nanoseconds. */
  readonly cpuTimeNs: bigint;
}

/** Statistics of one domain by libvirt's field names, as `balloon.current` or `block.0.rd.bytes` (virConnectGetAllDomainStats). */
export interface DomainStatistics extends Domain {
  readonly fields: ReadonlyMap<string, TypedValue>;
}

export interface StartOptions {
  /** Do not let the guest's CPUs run yet. */
  readonly paused?: boolean;
  /** Destroy the domain when this connection ends. */
  readonly autodestroy?: boolean;
}

export interface UndefineOptions {
  /** Remove the file with the guest's UEFI variables; libvirt refuses to undefine a domain that has one otherwise. */
  readonly removeNvram?: boolean;
  /** Remove a managed save image; libvirt refuses otherwise. */
  readonly removeManagedSave?: boolean;
}

/** How the guest is asked: `acpi` presses the power button, `agent` asks the guest agent; both ways in turn by default. */
export interface GuestRequestOptions {
  readonly by?: 'acpi' | 'agent';
}

/** Groups of statistics (`virDomainStatsTypes`). */
export const StatisticsGroup = { state: 1, cpu: 2, balloon: 4, vcpu: 8, interface: 16, block: 32, iothread: 128, memory: 256 } as const;

export type StatisticsGroupName = keyof typeof StatisticsGroup;

/** `VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT` */
const NO_WAIT = 1 << 29;

const StartFlag = { paused: 1, autodestroy: 2 } as const;
const UndefineFlag = { managedSave: 1, nvram: 4 } as const;
const GuestRequestFlag = { acpi: 1, agent: 2 } as const;
const DestroyFlag = { graceful: 1 } as const;
const XmlFlag = { inactive: 2, migratable: 8 } as const;

/** Domains as a whole, by UUID. A domain that is not there is `LibvirtError` with code NO_DOMAIN. */
export class DomainClient {
  readonly #connection: LibvirtConnection;

  constructor(connection: LibvirtConnection) {
    this.#connection = connection;
  }

  /** Every domain, running or only defined, with its state: one call. */
  async list(): Promise<DomainInfo[]> {
    const records = await this.statistics(['state']);
    return records.map(({ fields, ...domain }) => ({
      ...domain,
      ...domainStateOf(Number(fields.get('state.state')), Number(fields.get('state.reason'))),
    }));
  }

  /**
   * Statistics of all domains: one call. It waits for domains that are busy with a job, as long as a memory is written for instance; without
   * `wait` it leaves out what it would have to wait for.
   */
  async statistics(groups: readonly StatisticsGroupName[], { wait = true } = {}): Promise<DomainStatistics[]> {
    const wanted = groups.reduce((sum, group) => sum | StatisticsGroup[group], 0);
    const records = await this.#connection.call(domainProcedures.allStatistics, { domains: [], groups: wanted, flags: wait ? 0 : NO_WAIT });
    return records.map(({ domain, fields }) => ({ ...domainFrom(domain), fields: fieldsOf(fields) }));
  }

  async lookup(uuid: string): Promise<Domain> {
    return domainFrom(await this.#connection.call(domainProcedures.lookupByUuid, uuid));
  }

  /** Starts a transient domain: libvirt forgets it when it stops. Code OPERATION_INVALID when it runs already. */
  async create(xml: string, options: StartOptions = {}): Promise<Domain> {
    return domainFrom(await this.#connection.call(domainProcedures.createXml, { xml, flags: startFlags(options) }));
  }

  /** Stores a domain for good, or changes the stored one with the same UUID and name. Does not start it. */
  async define(xml: string): Promise<Domain> {
    return domainFrom(await this.#connection.call(domainProcedures.defineXml, { xml, flags: 0 }));
  }

  /** Starts a defined domain; code OPERATION_INVALID when it runs already. */
  async start(uuid: string, options: StartOptions = {}): Promise<Domain> {
    const args = { domain: domainOf(uuid), flags: startFlags(options) };
    return domainFrom(await this.#connection.call(domainProcedures.createWithFlags, args));
  }

  /** Forgets a defined domain; one that runs becomes transient. */
  async undefine(uuid: string, options: UndefineOptions = {}): Promise<void> {
    const flags = flag(options.removeManagedSave, UndefineFlag.managedSave) | flag(options.removeNvram, UndefineFlag.nvram);
    await this.#connection.call(domainProcedures.undefine, { domain: domainOf(uuid), flags });
  }

  /**
   * Pulls the plug; code OPERATION_INVALID when it does not run. With `graceful` QEMU is never killed by SIGKILL,
   * and the call fails with RESOURCE_BUSY or SYSTEM_ERROR when it does not go by itself.
   */
  async destroy(uuid: string, options: { readonly graceful?: boolean } = {}): Promise<void> {
    await this.#connection.call(domainProcedures.destroy, { domain: domainOf(uuid), flags: flag(options.graceful, DestroyFlag.graceful) });
  }

  /** Asks the guest to power off. Returns at once: the `stopped` event tells when it did. */
  async shutdown(uuid: string, options: GuestRequestOptions = {}): Promise<void> {
    await this.#connection.call(domainProcedures.shutdown, { domain: domainOf(uuid), flags: guestRequestFlags(options) });
  }

  /** Asks the guest to start again. */
  async reboot(uuid: string, options: GuestRequestOptions = {}): Promise<void> {
    await this.#connection.call(domainProcedures.reboot, { domain: domainOf(uuid), flags: guestRequestFlags(options) });
  }

  /** Presses the reset button: the guest starts again at once, without being asked. */
  async reset(uuid: string): Promise<void> {
    await this.#connection.call(domainProcedures.reset, { domain: domainOf(uuid), flags: 0 });
  }

  /** Stops the guest's CPUs. */
  async suspend(uuid: string): Promise<void> {
    await this.#connection.call(domainProcedures.suspend, { domain: domainOf(uuid) });
  }

  /** Lets the guest's CPUs run. */
  async resume(uuid: string): Promise<void> {
    await this.#connection.call(domainProcedures.resume, { domain: domainOf(uuid) });
  }

  /** The XML of what runs, or with `inactive` of what is stored for the next start; `migratable` leaves out what another host must not see. */
  async xml(uuid: string, options: { readonly inactive?: boolean; readonly migratable?: boolean } = {}): Promise<string> {
    const flags = flag(options.inactive, XmlFlag.inactive) | flag(options.migratable, XmlFlag.migratable);
    return this.#connection.call(domainProcedures.xml, { domain: domainOf(uuid), flags });
  }

  async state(uuid: string): Promise<DomainStateAndReason> {
    const { state, reason } = await this.#connection.call(domainProcedures.state, { domain: domainOf(uuid), flags: 0 });
    return domainStateOf(state, reason);
  }

  /** Memory, CPUs and CPU time (virDomainGetInfo). */
  async resources(uuid: string): Promise<DomainResources> {
    const info = await this.#connection.call(domainProcedures.info, { domain: domainOf(uuid) });
    return {
      state: domainStateName(info.state),
      maxMemoryBytes: Number(info.maxMemoryKib) * 1024,
      memoryBytes: Number(info.memoryKib) * 1024,
      vcpus: info.vcpus,
      cpuTimeNs: info.cpuTimeNs,
    };
  }

  /**
   * Sends one command to the QEMU guest agent and gives its answer, both JSON text. Without a timeout libvirt's own rule holds.
   * Code AGENT_UNRESPONSIVE when the agent does not answer or is not there, ARGUMENT_UNSUPPORTED without its channel.
   */
  async agentCommand(uuid: string, command: string, timeoutSeconds: number = LIBVIRT_AGENT_TIMEOUT): Promise<string | null> {
    return this.#connection.call(domainProcedures.agentCommand, { domain: domainOf(uuid), command, timeoutSeconds, flags: 0 });
  }
}

/** `VIR_DOMAIN_QEMU_AGENT_COMMAND_DEFAULT` */
const LIBVIRT_AGENT_TIMEOUT = -1;

function domainFrom({ uuid, name, id }: WireDomain): Domain {
  return { uuid, name, id: id < 0 ? null : id };
}

function fieldsOf(parameters: readonly TypedParameter[]): ReadonlyMap<string, TypedValue> {
  return new Map(parameters.map(({ field, value }) => [field, value]));
}

function startFlags(options: StartOptions): number {
  return flag(options.paused, StartFlag.paused) | flag(options.autodestroy, StartFlag.autodestroy);
}

function guestRequestFlags({ by }: GuestRequestOptions): number {
  return by === undefined ? 0 : GuestRequestFlag[by];
}

function flag(wanted: boolean | undefined, value: number): number {
  return wanted === true ? value : 0;
}
