import { XdrError } from './xdr.error';

const INITIAL_BYTES = 256;

/** Builds XDR (RFC 4506): big endian, everything padded to four bytes. Numbers out of range throw `XdrError`. */
export class XdrWriter {
  #buffer = Buffer.alloc(INITIAL_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  int(value: number): void {
    this.#requireInteger(value, -0x8000_0000, 0x7fff_ffff);
    const start = this.#claim(4);
    this.#buffer.writeInt32BE(value, start);
  }

  uint(value: number): void {
    this.#requireInteger(value, 0, 0xffff_ffff);
    const start = this.#claim(4);
    this.#buffer.writeUInt32BE(value, start);
  }

  hyper(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) throw new XdrError(`${value} does not fit a signed 64-bit number`);
    const start = this.#claim(8);
    this.#buffer.writeBigInt64BE(value, start);
  }

  uhyper(value: bigint): void {
    if (BigInt.asUintN(64, value) !== value) throw new XdrError(`${value} does not fit an unsigned 64-bit number`);
    const start = this.#claim(8);
    this.#buffer.writeBigUInt64BE(value, start);
  }

  double(value: number): void {
    const start = this.#claim(8);
    this.#buffer.writeDoubleBE(value, start);
  }

  /** Bytes of a length that both sides know. */
  fixedOpaque(bytes: Uint8Array): void {
    const start = this.#claim(padded(bytes.length));
    this.#buffer.set(bytes, start);
    this.#buffer.fill(0, start + bytes.length, this.#length);
  }

  /** A length and that many bytes. */
  opaque(bytes: Uint8Array): void {
    this.uint(bytes.length);
    this.fixedOpaque(bytes);
  }

  /** Writes over an unsigned number that was written before, as a length that is known only at the end. */
  patchUint(offset: number, value: number): void {
    if (offset < 0 || offset + 4 > this.#length) throw new XdrError(`nothing was written at offset ${offset}`);
    this.#buffer.writeUInt32BE(value, offset);
  }

  /** What was written so far; shares memory with the writer, which is not to be used any more. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #requireInteger(value: number, least: number, most: number): void {
    if (!Number.isInteger(value) || value < least || value > most)
      throw new XdrError(`${value} is not an integer from ${least} to ${most}`);
  }

  /** Makes room for `count` bytes and says where they start. Old memory is wiped: it may have held a secret. */
  #claim(count: number): number {
    const start = this.#length;
    if (start + count > this.#buffer.length) {
      const grown = Buffer.alloc(Math.max(this.#buffer.length * 2, start + count));
      this.#buffer.copy(grown, 0, 0, start);
      this.#buffer.fill(0);
      this.#buffer = grown;
    }
    this.#length = start + count;
    return start;
  }
}

/** The size on the wire of `length` bytes. */
export function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
