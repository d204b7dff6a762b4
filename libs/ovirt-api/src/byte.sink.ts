/** Bytes of one UTF-16 unit at most. */
const MOST_BYTES = 3;

const FIRST_SIZE = 65_536;

/** The largest buffer (bytes) that is kept for the next document. */
const LARGEST_KEPT = 4_194_304;

/** From this length on (UTF-16 units) texts become bytes: small ones together, as each turn costs, and no large ones, which cost more. */
const ENOUGH = 2_048;

/** The buffer of a document that was sent, for the next. */
let spare: Buffer | undefined;

/** From this length on (bytes) what is bytes already is not copied: to send one more piece costs less. */
const LARGE = 16_384;

/** A document as bytes. */
export interface Bytes {
  /** One after the other. */
  readonly pieces: readonly Buffer[];
  /** How many bytes all pieces have. */
  readonly length: number;
  /** Gives its memory back: call it when the bytes were sent, and do not look at them any more. Who does not call it leaves that to V8. */
  release(): void;
}

/** Collects texts as UTF-8. */
export class ByteSink {
  private bytes = spare ?? Buffer.allocUnsafeSlow(FIRST_SIZE);
  private length = 0;
  private waiting = '';
  private readonly pieces: Buffer[] = [];
  /** Where in `bytes` the next piece begins. */
  private begin = 0;

  constructor() {
    spare = undefined;
  }

  add(text: string): void {
    this.waiting += text;
    if (this.waiting.length > ENOUGH) this.flush();
  }

  addBytes(bytes: Buffer): void {
    this.flush();
    if (bytes.length >= LARGE) return this.addPiece(bytes);
    this.require(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** All of it. Nothing can be added any more. */
  end(): Bytes {
    this.flush();
    this.endPiece();
    const { bytes, pieces } = this;
    const release = (): void => {
      if (bytes.length <= LARGEST_KEPT) spare = bytes;
    };
    return { pieces, length: pieces.reduce((sum, piece) => sum + piece.length, 0), release };
  }

  private addPiece(bytes: Buffer): void {
    this.endPiece();
    this.pieces.push(bytes);
  }

  private endPiece(): void {
    if (this.length > this.begin) this.pieces.push(this.bytes.subarray(this.begin, this.length));
    this.begin = this.length;
  }

  private flush(): void {
    if (this.waiting === '') return;
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
