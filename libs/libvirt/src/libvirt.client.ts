import { EventEmitter } from 'node:events';
import { DeviceClient } from './device.client';
import { DomainClient } from './domain.client';
import { DomainEvent } from './domain.events';
import { LibvirtConnection, LibvirtConnectionOptions } from './libvirt.connection';
import { LibvirtConnectionError } from './libvirt.errors';
import { MemoryClient } from './memory.client';
import { NodeClient } from './node.client';
import { SecretClient } from './secret.client';

/**
 * `connected` after every connect and reconnect, with all events registered: what is known of domains and secrets may be out of date.
 * `disconnected` when the connection is lost or closed. `domainEvent` for everything that libvirt tells of a domain.
 */
export interface LibvirtClientEvents {
  connected: [];
  disconnected: [LibvirtConnectionError];
  domainEvent: [DomainEvent];
}

/**
 * A client for one libvirt over its unix socket, in its own RPC protocol, without native code.
 * One connection, which comes back by itself; calls run at the same time, a few under way and the rest in order behind them.
 * Calls reject with `LibvirtError` (libvirt says no), `LibvirtConnectionError` (no answer) or `XdrError` (arguments of the wrong shape).
 */
export class LibvirtClient extends EventEmitter<LibvirtClientEvents> {
  readonly node: NodeClient;
  readonly domains: DomainClient;
  readonly devices: DeviceClient;
  readonly memory: MemoryClient;
  readonly secrets: SecretClient;
  readonly #connection: LibvirtConnection;

  constructor(options: LibvirtConnectionOptions) {
    super();
    // Whoever waits for an event is a listener for that time, and there may be many: no warning of a leak.
    this.setMaxListeners(0);
    this.#connection = new LibvirtConnection(options, {
      connected: () => this.emit('connected'),
      disconnected: (error) => this.emit('disconnected', error),
      domainEvent: (event) => this.emit('domainEvent', event),
    });
    this.node = new NodeClient(this.#connection);
    this.domains = new DomainClient(this.#connection);
    this.devices = new DeviceClient(this.#connection);
    this.memory = new MemoryClient(this.#connection);
    this.secrets = new SecretClient(this.#connection);
  }

  /**
   * Starts to keep the connection up and waits for the outcome of the first try. When it rejects with `LibvirtConnectionError`,
   * tries go on until `close`, and `connected` will tell.
   */
  async connect(): Promise<void> {
    await this.#connection.connect();
  }

  /** Closes for good. Calls that wait are rejected, domains that were started with `autodestroy` are destroyed by libvirt. */
  async close(): Promise<void> {
    await this.#connection.close();
  }
}
