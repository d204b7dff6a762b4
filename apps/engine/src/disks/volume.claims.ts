import { setTimeout } from 'node:timers/promises';
import type { WantedVolume } from './volume.limits';

interface Claim {
  readonly providerId: string;
  readonly wanted: WantedVolume;
  readonly madeAt: number;
  /** When (ms) Cinder had answered: from then on its own figures hold the volume, or never will. */
  settledAt: number;
  readonly settled: Promise<void>;
  readonly resolve: () => void;
}

/** How long (ms) a claim counts whose request is never heard of again. */
const LIFETIME_MS = 30_000;

/**
 * The volumes that this process has let pass and that Cinder's figures may not hold yet. Many requests at once see the same figures: without
 * the claims of the others they would pass a limit together, and all but the first be refused by Cinder after they were accepted here.
 */
export class VolumeClaims {
  private readonly claims = new Map<string, Claim>();

  /** @param key for {@link settle}; without one nothing is claimed */
  make(key: string | undefined, providerId: string, wanted: WantedVolume): void {
    if (key === undefined) return;
    let resolve = (): void => undefined;
    const settled = new Promise<void>((done) => (resolve = done));
    this.claims.set(key, { providerId, wanted, madeAt: Date.now(), settledAt: Infinity, settled, resolve });
  }

  /** Cinder has answered the request, or it will never be sent. */
  settle(key: string): void {
    const claim = this.claims.get(key);
    if (!claim || claim.settledAt !== Infinity) return;
    claim.settledAt = Date.now();
    claim.resolve();
  }

  /** What figures do not hold for which a provider was asked at this time (ms). */
  since(providerId: string, askedAt: number): WantedVolume[] {
    this.forgetOld();
    return this.of(providerId)
      .filter(({ settledAt }) => settledAt >= askedAt)
      .map(({ wanted }) => wanted);
  }

  /** Waits until the requests of a provider that are under way are answered, at most so long (ms). */
  async allSettled(providerId: string, withinMs: number): Promise<void> {
    const open = this.of(providerId).map(({ settled }) => settled);
    await Promise.race([Promise.all(open), setTimeout(withinMs, undefined, { ref: false })]);
  }

  private of(providerId: string): Claim[] {
    return [...this.claims.values()].filter((claim) => claim.providerId === providerId);
  }

  private forgetOld(): void {
    const before = Date.now() - LIFETIME_MS;
    for (const [key, { madeAt }] of this.claims) if (madeAt < before) this.claims.delete(key);
  }
}
