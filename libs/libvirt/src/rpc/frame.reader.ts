import { decode } from '../xdr/xdr.codec';
import { XdrError } from '../xdr/xdr.error';
import { Frame, LENGTH_BYTES, MAX_FRAME_BYTES, MIN_FRAME_BYTES, frameHeader } from './frame.codec';

/**
 * Cuts a stream of bytes into frames: one frame may come in many chunks, and one chunk may hold many frames.
 * A length that no frame can have throws `XdrError`; the stream is of no use after that.
 */
export class FrameReader {
  #chunks: Buffer[] = [];
  #buffered = 0;
  #wanted = LENGTH_BYTES;

  /** Takes a chunk and gives every frame that is complete with it. Chunks are kept, not joined, until a frame is whole. */
  *push(chunk: Buffer): Generator<Frame> {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    while (this.#buffered >= this.#wanted) {
      const bytes = this.#joined();
      const length = frameLength(bytes);
      this.#wanted = length;
      if (bytes.length < length) return;
      this.#keep(bytes.subarray(length));
      yield frameOf(bytes.subarray(LENGTH_BYTES, length));
    }
  }

  #joined(): Buffer {
    const [first] = this.#chunks;
    const bytes = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    this.#chunks = [bytes];
    return bytes;
  }

  #keep(rest: Buffer): void {
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#buffered = rest.length;
    this.#wanted = LENGTH_BYTES;
  }
}

function frameLength(bytes: Buffer): number {
  const length = bytes.readUInt32BE(0);
  if (length < MIN_FRAME_BYTES || length > MAX_FRAME_BYTES) throw new XdrError(`${length} is no length of a message`);
  return length;
}

function frameOf(bytes: Buffer): Frame {
  const headerBytes = MIN_FRAME_BYTES - LENGTH_BYTES;
  return { header: decode(frameHeader, bytes.subarray(0, headerBytes)), payload: bytes.subarray(headerBytes) };
}
