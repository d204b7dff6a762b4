import { createHmac, randomBytes } from 'node:crypto';
import type { Account } from './account.entity';

/** How long (ms) a password that matched is taken as checked, unless told. */
const FRESH_MS = 60_000;

/** How long (ms) it is known to be a right one, which must be checked again but need not wait behind others' failures. */
const FAMILIAR_MS = 24 * 3_600_000;

const MAX_REMEMBERED = 10_000;

export type Familiarity = 'fresh' | 'familiar' | 'unknown';

/**
 * Remembers which passwords have matched, so that a key derivation is not needed for each of many tokens. Only keyed fingerprints are
 * kept, in memory, under a key of this process; a changed password has another fingerprint, because the stored hash is part of it.
 */
export class VerifiedPasswords {
  private readonly key = randomBytes(32);
  private readonly matchedAt = new Map<string, number>();

  constructor(private readonly now: () => number = Date.now) {}

  /** @param freshMs how long it is taken as checked, in ms */
  familiarity(account: Account, password: string, freshMs = FRESH_MS): Familiarity {
    const age = this.now() - (this.matchedAt.get(this.fingerprint(account, password)) ?? -Infinity);
    if (age < freshMs) return 'fresh';
    return age < FAMILIAR_MS ? 'familiar' : 'unknown';
  }

  /** The password has just matched. The memory that is oldest gives way. */
  remember(account: Account, password: string): void {
    const fingerprint = this.fingerprint(account, password);
    this.matchedAt.delete(fingerprint);
    this.matchedAt.set(fingerprint, this.now());
    const [oldest] = this.matchedAt.keys();
    if (this.matchedAt.size > MAX_REMEMBERED && oldest !== undefined) this.matchedAt.delete(oldest);
  }

  private fingerprint({ id, passwordHash }: Account, password: string): string {
    return createHmac('sha256', this.key).update(`${id}\n${passwordHash}\n${password}`).digest('base64');
  }
}
