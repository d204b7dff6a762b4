/** Bytes of one UTF-16 unit at most. */
const MOST_BYTES = 3;

const FIRST_SIZE = 65_536;

/** The largest buffer (bytes) that is kept for the next document. */
const LARGEST_KEPT = 4_194_304;

/** From this length on (UTF-16 units) texts become bytes: small ones together, as each turn costs, and no large ones, which cost more. */
const ENOUGH = 2_048;

/** Documents are written one after the other, so that one buffer serves them all. */
let spare: Buffer | undefined;

/** Collects texts as UTF-8. */
export class ByteSink {
  private bytes = spare ?? Buffer.allocUnsafeSlow(FIRST_SIZE);
  private length = 0;
  private waiting = '';

  constructor() {
    spare = undefined;
  }

  add(text: string): void {
    this.waiting += text;
    if (this.waiting.length > ENOUGH) this.flush();
  }

  addBytes(bytes: Buffer): void {
    this.flush();
    this.require(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** All of it, as a buffer of its own. Nothing can be added any more. */
  end(): Buffer {
    this.flush();
    const all = Buffer.from(this.bytes.subarray(0, this.length));
    if (this.bytes.length <= LARGEST_KEPT) spare = this.bytes;
    return all;
  }

  private flush(): void {
    this.require(this.waiting.length * MOST_BYTES);
    this.length += this.bytes.write(this.waiting, this.length);
    this.waiting = '';
  }

  private require(most: number): void {
    if (this.length + most <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + most));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
