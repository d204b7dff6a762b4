import { Codec } from '../xdr/xdr.codec';

/** libvirt's own calls and events. */
export const REMOTE_PROGRAM = 0x2000_8086;

/** Calls that only the QEMU driver has. */
export const QEMU_PROGRAM = 0x2000_8087;

/** Pings between the ends of a connection; "keep" in ASCII. */
export const KEEPALIVE_PROGRAM = 0x6b65_6570;

/** All three programs are at version 1. */
export const PROTOCOL_VERSION = 1;

/** One remote call: its number in its program and the shapes of arguments and result. */
export interface Procedure<A, R> {
  readonly name: string;
  readonly program: number;
  readonly number: number;
  readonly args: Codec<A>;
  readonly result: Codec<R>;
  /** The arguments hold a secret: their bytes are wiped once they are written to the socket. */
  readonly sensitive: boolean;
}

/** A procedure of libvirt's own program. */
export function remote<A, R>(name: string, number: number, args: Codec<A>, result: Codec<R>): Procedure<A, R> {
  return { name, program: REMOTE_PROGRAM, number, args, result, sensitive: false };
}

/** A procedure of the QEMU driver's program. */
export function qemu<A, R>(name: string, number: number, args: Codec<A>, result: Codec<R>): Procedure<A, R> {
  return { name, program: QEMU_PROGRAM, number, args, result, sensitive: false };
}

/** The same procedure, with arguments that must not stay in memory. */
export function sensitive<A, R>(procedure: Procedure<A, R>): Procedure<A, R> {
  return { ...procedure, sensitive: true };
}
