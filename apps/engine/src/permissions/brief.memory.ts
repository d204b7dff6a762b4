/** How long (ms) an answer is believed. What is changed elsewhere counts after this time. */
const BELIEVED_MS = 1_000;

/** How many answers are kept. */
const MOST = 10_000;

interface Known<T> {
  readonly answer: Promise<T>;
  readonly until: number;
}

/** Keeps answers of the database for a moment, so that a busy client does not cost the same query with every request. */
export class BriefMemory<T> {
  private readonly known = new Map<string, Known<T>>();

  /** The answer that is known, or the one that `read` gives. A failure is not remembered. */
  get(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.known.get(key);
    if (known && known.until > Date.now()) return known.answer;
    const answer = read();
    this.known.delete(key);
    this.known.set(key, { answer, until: Date.now() + BELIEVED_MS });
    answer.catch(() => this.known.delete(key));
    this.forgetOldest();
    return answer;
  }

  /** Something has changed on which the answer depends; or, without a key, all answers. */
  forget(key?: string): void {
    if (key === undefined) this.known.clear();
    else this.known.delete(key);
  }

  private forgetOldest(): void {
    const oldest = this.known.size > MOST ? this.known.keys().next().value : undefined;
    if (oldest !== undefined) this.known.delete(oldest);
  }
}
