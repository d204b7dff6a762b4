/** Bytes of one UTF-16 unit at most. */
const MOST_BYTES = 3;

const FIRST_SIZE = 65_536;

/** The largest buffer (bytes) that is kept for the next document. */
const LARGEST_KEPT = 4_194_304;

/** From this length on (UTF-16 units) texts become bytes: small ones together, as each turn costs, and no large ones, which cost more. */
const ENOUGH = 2_048;

/** The buffer of a document that was sent, for the next. */
let spare: Buffer | undefined;

/** A document as bytes. */
export interface Bytes {
  readonly bytes: Buffer;
  /** Gives its memory back: call it when the bytes were sent, and do not look at them any more. Who does not call it leaves that to V8. */
  release(): void;
}

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

  /** All of it. Nothing can be added any more. */
  end(): Bytes {
    this.flush();
    const { bytes, length } = this;
    const release = (): void => {
      if (bytes.length <= LARGEST_KEPT) spare = bytes;
    };
    return { bytes: bytes.subarray(0, length), release };
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
