import { XdrError } from './xdr.error';
import { padded } from './xdr.writer';

/** Reads XDR (RFC 4506) from one buffer. Every read is checked against the end; a short buffer throws `XdrError`. */
export class XdrReader {
  readonly #buffer: Buffer;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#buffer.length - this.#offset;
  }

  int(): number {
    return this.#buffer.readInt32BE(this.#take(4));
  }

  uint(): number {
    return this.#buffer.readUInt32BE(this.#take(4));
  }

  hyper(): bigint {
    return this.#buffer.readBigInt64BE(this.#take(8));
  }

  uhyper(): bigint {
    return this.#buffer.readBigUInt64BE(this.#take(8));
  }

  double(): number {
    return this.#buffer.readDoubleBE(this.#take(8));
  }

  /** `length` bytes; the result shares memory with the buffer that is read. */
  fixedOpaque(length: number): Buffer {
    const start = this.#take(padded(length));
    return this.#buffer.subarray(start, start + length);
  }

  /** A length of at most `limit` and that many bytes; shares memory as `fixedOpaque` does. */
  opaque(limit: number): Buffer {
    return this.fixedOpaque(this.length(limit));
  }

  /** The number of bytes or elements that follow, refused when it is over `limit`. */
  length(limit: number): number {
    const length = this.uint();
    if (length > limit) throw new XdrError(`a length of ${length} is over the limit of ${limit}`);
    return length;
  }

  /** Throws when bytes are left: the message is not of the type that it was read as. */
  end(): void {
    if (this.remaining > 0) throw new XdrError(`${this.remaining} bytes are left after the last field`);
  }

  #take(count: number): number {
    const start = this.#offset;
    if (count > this.remaining) throw new XdrError(`${count} bytes are needed, ${this.remaining} are left`);
    this.#offset = start + count;
    return start;
  }
}
