import { Codec, ValueOf, struct, uint } from '../xdr/xdr.codec';
import { XdrError } from '../xdr/xdr.error';
import { XdrWriter } from '../xdr/xdr.writer';

/** Kinds of message, as in libvirt's `virNetMessageType`. Streams and passed file descriptors are not spoken here. */
export const MessageType = { call: 0, reply: 1, message: 2 } as const;

/** Outcome of a message, as in `virNetMessageStatus`. */
export const MessageStatus = { ok: 0, error: 1 } as const;

/** Longest message that libvirt sends or takes, its own length word included: 32 MiB and 4 bytes. */
export const MAX_FRAME_BYTES = 32 * 1024 * 1024 + 4;

/** Six numbers stand before every payload. `serial` joins a reply to its call; messages from libvirt have 0. */
export const frameHeader = struct({ program: uint, version: uint, procedure: uint, type: uint, serial: uint, status: uint });

export type FrameHeader = ValueOf<typeof frameHeader>;

export interface Frame {
  readonly header: FrameHeader;
  readonly payload: Buffer;
}

export const LENGTH_BYTES = 4;

/** The shortest message: its length and the header. */
export const MIN_FRAME_BYTES = LENGTH_BYTES + 6 * 4;

/** Length, header and payload in one buffer. A payload of the wrong shape or size throws `XdrError`. */
export function encodeFrame<T>(header: FrameHeader, codec: Codec<T>, value: T): Buffer {
  const writer = new XdrWriter();
  writer.uint(0);
  frameHeader.write(writer, header);
  codec.write(writer, value);
  if (writer.length > MAX_FRAME_BYTES) throw new XdrError(`a message of ${writer.length} bytes is over the limit of ${MAX_FRAME_BYTES}`);
  writer.patchUint(0, writer.length);
  return writer.bytes();
}
