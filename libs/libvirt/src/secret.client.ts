import { LibvirtConnection } from './libvirt.connection';
import { secretProcedures } from './protocol/remote.procedures';
import { WireSecret, secretOf } from './protocol/wire.types';

/** What secrets are for, in libvirt's order (`virSecretUsageType`). */
const usageTypes = ['none', 'volume', 'ceph', 'iscsi', 'tls', 'vtpm'] as const;

export type SecretUsageType = (typeof usageTypes)[number] | 'unknown';

/** A secret without its value. */
export interface Secret {
  readonly uuid: string;
  readonly usageType: SecretUsageType;
  /** The usage name for ceph, the volume's path for volume. */
  readonly usageId: string;
}

/**
 * libvirt's secrets. Values go in as bytes and never come back; the buffer that carries one is wiped when it is sent.
 * A secret that is not there is `LibvirtError` with code NO_SECRET.
 */
export class SecretClient {
  readonly #connection: LibvirtConnection;

  constructor(connection: LibvirtConnection) {
    this.#connection = connection;
  }

  /** Defines a secret, or the same one again. The same UUID with another usage, or the reverse, is code INTERNAL_ERROR in libvirt 9.0. */
  async define(xml: string): Promise<Secret> {
    return secretFrom(await this.#connection.call(secretProcedures.defineXml, { xml, flags: 0 }));
  }

  /** Sets the value of a defined secret: raw bytes, so that a Ceph key has to be decoded from base64 before. At most 64 KiB. */
  async setValue(uuid: string, value: Uint8Array): Promise<void> {
    await this.#connection.call(secretProcedures.setValue, { secret: secretOf(uuid), value, flags: 0 });
  }

  async list(): Promise<Secret[]> {
    const { secrets } = await this.#connection.call(secretProcedures.listAll, { needResults: 1, flags: 0 });
    return secrets.map(secretFrom);
  }

  /** Forgets a secret and its value. Domains that run with it go on. */
  async undefine(uuid: string): Promise<void> {
    await this.#connection.call(secretProcedures.undefine, { secret: secretOf(uuid) });
  }
}

function secretFrom({ uuid, usageType, usageId }: WireSecret): Secret {
  return { uuid, usageType: usageTypes[usageType] ?? 'unknown', usageId };
}
