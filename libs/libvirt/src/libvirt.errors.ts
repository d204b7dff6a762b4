import { libvirtErrorCodeName } from './libvirt-error.codes';

/**
 * libvirt answered with an error. `code` is one of `LibvirtErrorCode`, `domain` the part of libvirt that it came from
 * (`virErrorDomain`, 10 is QEMU), `procedure` the call that failed. The message is libvirt's own.
 */
export class LibvirtError extends Error {
  override readonly name = 'LibvirtError';
  readonly codeName: string;

  constructor(
    readonly code: number,
    readonly domain: number,
    message: string,
    readonly procedure: string,
  ) {
    super(message);
    this.codeName = libvirtErrorCodeName(code);
  }

  /** Narrows an unknown error to a LibvirtError with one of these codes. */
  static is(error: unknown, ...codes: readonly number[]): error is LibvirtError {
    return error instanceof LibvirtError && (codes.length === 0 || codes.includes(error.code));
  }
}

/**
 * Why there is no answer:
 * `refused` nobody listens at the socket or we may not use it; `lost` the connection ended; `timeout` no answer in time;
 * `closed` the client was not connected or was closed by its owner; `protocol` the bytes were not libvirt's; `authentication` not let in.
 */
export type LibvirtConnectionFailure = 'refused' | 'lost' | 'timeout' | 'closed' | 'protocol' | 'authentication';

/**
 * There is no answer from libvirt. `sent` says whether the request may have reached it: when it is false nothing was done,
 * when it is true the outcome is unknown and has to be looked up.
 */
export class LibvirtConnectionError extends Error {
  override readonly name = 'LibvirtConnectionError';

  constructor(
    readonly reason: LibvirtConnectionFailure,
    message: string,
    readonly sent: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
