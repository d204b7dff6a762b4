/** Failures that cost nothing: people mistype. */
const FREE = { pair: 3, address: 30 } as const;

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = { pair: 8_000, address: 2_000 } as const;

/** Who would have to wait longer is refused at once. */
const LONGEST_WAIT_MS = 10_000;

/** After so long (ms) without another failure all is forgotten. */
const FORGET_MS = 15 * 60_000;

const MAX_REMEMBERED = 10_000;

type Kind = keyof typeof FREE;

interface Failures {
  count: number;
  lastAt: number;
  /** When the next attempt may be made: attempts at once queue up instead of being made side by side. */
  nextAt: number;
}

/** Failures by a name; bounded: the one that failed longest ago gives way. */
class FailureMemory {
  private readonly failures = new Map<string, Failures>();

  constructor(
    private readonly kind: Kind,
    private readonly now: () => number,
  ) {}

  /** Takes the next turn and tells how long (ms) it is until then. */
  reserve(name: string): number {
    const known = this.known(name);
    if (!known) return 0;
    const at = Math.max(this.now(), known.nextAt);
    const wait = at - this.now();
    if (wait <= LONGEST_WAIT_MS) known.nextAt = at + this.delay(known.count);
    return wait;
  }

  fail(name: string): void {
    const { count, nextAt } = this.known(name) ?? { count: 0, nextAt: 0 };
    this.failures.delete(name);
    const earliest = this.now() + this.delay(count + 1);
    this.failures.set(name, { count: count + 1, lastAt: this.now(), nextAt: Math.max(nextAt, earliest) });
    const [oldest] = this.failures.keys();
    if (this.failures.size > MAX_REMEMBERED && oldest !== undefined) this.failures.delete(oldest);
  }

  forget(name: string): void {
    this.failures.delete(name);
  }

  private known(name: string): Failures | undefined {
    const known = this.failures.get(name);
    if (known && this.now() - known.lastAt < FORGET_MS) return known;
    this.failures.delete(name);
    return undefined;
  }

  private delay(count: number): number {
    const beyond = count - FREE[this.kind];
    return beyond < 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** Math.min(beyond, 16), LONGEST_DELAY_MS[this.kind]);
  }
}

/** Networks, not single addresses, are what one person has of IPv6. */
const network = (address: string): string =>
  address.includes(':') && !address.includes('.') ? address.split(':').slice(0, 4).join(':') : address;

/**
 * Slows down who guesses passwords: by account and address, so that nobody can lock an account for others, and by address, for who tries
 * many accounts. Kept in the memory of this engine: a restart forgives.
 */
export class LoginThrottle {
  private readonly pairs: FailureMemory;
  private readonly addresses: FailureMemory;

  constructor(now: () => number = Date.now) {
    this.pairs = new FailureMemory('pair', now);
    this.addresses = new FailureMemory('address', now);
  }

  /** How long (ms) this attempt has to wait; undefined if it is one too many and must be refused. */
  reserve(login: string, address: string): number | undefined {
    const own = this.pairs.reserve(this.pair(login, address));
    const others = Math.min(this.addresses.reserve(network(address)), LONGEST_DELAY_MS.address);
    return own > LONGEST_WAIT_MS ? undefined : Math.max(own, others);
  }

  failed(login: string, address: string): void {
    this.pairs.fail(this.pair(login, address));
    this.addresses.fail(network(address));
  }

  /** Only the account's own failures are forgiven: an attacker may have an account too. */
  succeeded(login: string, address: string): void {
    this.pairs.forget(this.pair(login, address));
  }

  private readonly pair = (login: string, address: string): string => `${login.toLowerCase().slice(0, 255)} ${network(address)}`;
}
