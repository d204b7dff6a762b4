import { LibvirtConnection } from './libvirt.connection';
import { memoryProcedures } from './protocol/remote.procedures';
import { domainOf } from './protocol/wire.types';

/** `VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA`: libvirt keeps no note of it. */
const NO_METADATA = 4;

/** `VIR_DOMAIN_SAVE_RUNNING`: the guest's CPUs run afterwards, whatever they did when it was saved. */
const RUNNING = 2;

/** `VIR_DOMAIN_SAVE_PAUSED`: the guest's CPUs stand still afterwards. */
const PAUSED = 4;

/** The memory and the devices of guests, in files on the host of libvirt. A file that was not written to its end is never taken for a whole one. */
export class MemoryClient {
  readonly #connection: LibvirtConnection;

  constructor(connection: LibvirtConnection) {
    this.#connection = connection;
  }

  /**
   * Takes a snapshot of a running domain, of which libvirt keeps no note: what it is of says its XML (`domainsnapshot`). With the memory alone, in an
   * external file, the guest is left as it is; pause it before. Returns when the file is whole.
   */
  async snapshot(uuid: string, xml: string): Promise<void> {
    await this.#connection.call(memoryProcedures.createSnapshot, { domain: domainOf(uuid), xml, flags: NO_METADATA });
  }

  /** The XML of the domain whose memory is in a file. */
  async savedXml(path: string): Promise<string> {
    return this.#connection.call(memoryProcedures.savedXml, { path, flags: 0 });
  }

  /**
   * Starts a transient domain that goes on where its memory was saved.
   * @param xml of the domain, which may differ from the saved one in what its guest does not see
   * @param options.paused that its CPUs stand still until it is resumed
   */
  async restore(path: string, xml: string, { paused = false } = {}): Promise<void> {
    await this.#connection.call(memoryProcedures.restore, { path, xml, flags: paused ? PAUSED : RUNNING });
  }

  /** Ends what libvirt does to a domain for a long time, as {@link snapshot}; that then fails. Code OPERATION_INVALID if it does nothing. */
  async abort(uuid: string): Promise<void> {
    await this.#connection.call(memoryProcedures.abortJob, { domain: domainOf(uuid) });
  }
}
