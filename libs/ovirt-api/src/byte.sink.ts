/** Bytes of one UTF-16 unit at most. */
const MOST_BYTES = 3;

const FIRST_SIZE = 65_536;

/** The largest buffer (bytes) that is kept for the next document. */
const LARGEST_KEPT = 4_194_304;

/** Documents are written one after the other, so that one buffer serves them all. */
let spare: Buffer | undefined;

/** Collects texts as UTF-8. */
export class ByteSink {
  private bytes = spare ?? Buffer.allocUnsafeSlow(FIRST_SIZE);
  private length = 0;

  constructor() {
    spare = undefined;
  }

  add(text: string): void {
    const most = text.length * MOST_BYTES;
    if (this.length + most > this.bytes.length) this.grow(most);
    this.length += this.bytes.write(text, this.length);
  }

  /** All of it, as a buffer of its own. Nothing can be added any more. */
  end(): Buffer {
    const all = Buffer.from(this.bytes.subarray(0, this.length));
    if (this.bytes.length <= LARGEST_KEPT) spare = this.bytes;
    return all;
  }

  private grow(most: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + most));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
