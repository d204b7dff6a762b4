import { LibvirtConnection } from './libvirt.connection';
import { deviceProcedures } from './protocol/remote.procedures';
import { domainOf } from './protocol/wire.types';

/**
 * What a change of devices is for: `live` the domain that runs, `config` what is stored for the next start. With neither it is
 * libvirt's "current": the running domain when it runs, else the stored one.
 */
export interface DeviceChangeOptions {
  readonly live?: boolean;
  readonly config?: boolean;
}

export interface BlockInfo {
  /** Highest byte that the guest wrote, or what the storage says is taken. */
  readonly allocationBytes: number;
  /** Size that the guest sees. */
  readonly capacityBytes: number;
  /** Size of the container on the host. */
  readonly physicalBytes: number;
}

export interface BlockStatistics {
  readonly readRequests: bigint;
  readonly readBytes: bigint;
  readonly writeRequests: bigint;
  readonly writeBytes: bigint;
}

const AffectFlag = { live: 1, config: 2 } as const;

/** `VIR_DOMAIN_BLOCK_RESIZE_BYTES`: the size is in bytes and not in KiB. */
const SIZE_IN_BYTES = 1;

/** Devices and disks of one domain. */
export class DeviceClient {
  readonly #connection: LibvirtConnection;

  constructor(connection: LibvirtConnection) {
    this.#connection = connection;
  }

  /** Plugs a device in. An alias that is taken is `LibvirtError` with code CONFIG_UNSUPPORTED. */
  async attach(uuid: string, xml: string, options: DeviceChangeOptions = {}): Promise<void> {
    await this.#connection.call(deviceProcedures.attach, { domain: domainOf(uuid), xml, flags: affectFlags(options) });
  }

  /**
   * Asks for a device to go, found by its XML. The guest decides: it is gone with the `device-removed` event, or when it is no longer
   * in the live XML. Code DEVICE_MISSING when it is not there.
   */
  async detach(uuid: string, xml: string, options: DeviceChangeOptions = {}): Promise<void> {
    await this.#connection.call(deviceProcedures.detach, { domain: domainOf(uuid), xml, flags: affectFlags(options) });
  }

  /**
   * As `detach`, found by its alias; it only asks and never waits for the guest. A missing alias is DEVICE_MISSING or, by libvirt 9.0,
   * INTERNAL_ERROR.
   */
  async detachAlias(uuid: string, alias: string, options: DeviceChangeOptions = {}): Promise<void> {
    await this.#connection.call(deviceProcedures.detachAlias, { domain: domainOf(uuid), alias, flags: affectFlags(options) });
  }

  /** Changes what of a device may change while it is plugged in, as the medium of a CD-ROM or a link state. */
  async update(uuid: string, xml: string, options: DeviceChangeOptions = {}): Promise<void> {
    await this.#connection.call(deviceProcedures.update, { domain: domainOf(uuid), xml, flags: affectFlags(options) });
  }

  /** Tells a running guest the new size of a disk. `disk` is its target (`vda`) or the path of its source. */
  async blockResize(uuid: string, disk: string, bytes: number | bigint): Promise<void> {
    await this.#connection.call(deviceProcedures.blockResize, { domain: domainOf(uuid), disk, size: BigInt(bytes), flags: SIZE_IN_BYTES });
  }

  async blockInfo(uuid: string, disk: string): Promise<BlockInfo> {
    const info = await this.#connection.call(deviceProcedures.blockInfo, { domain: domainOf(uuid), disk, flags: 0 });
    return {
      allocationBytes: Number(info.allocation),
      capacityBytes: Number(info.capacity),
      physicalBytes: Number(info.physical),
    };
  }

  /** What the guest read and wrote since the start. */
  async blockStatistics(uuid: string, disk: string): Promise<BlockStatistics> {
    const statistics = await this.#connection.call(deviceProcedures.blockStatistics, { domain: domainOf(uuid), disk });
    const { readRequests, readBytes, writeRequests, writeBytes } = statistics;
    return { readRequests, readBytes, writeRequests, writeBytes };
  }
}

function affectFlags({ live, config }: DeviceChangeOptions): number {
  return (live === true ? AffectFlag.live : 0) | (config === true ? AffectFlag.config : 0);
}
