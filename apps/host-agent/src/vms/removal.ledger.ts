interface Removal {
  /** On the monotonic clock, in ms. */
  askedAt: number;
  /** When it was asked first, of all requests that followed each other. */
  since: number;
  refusals: number;
}

/** The guest is asked again after this long (ms): a guest that boots does not hear the first time. */
const ASK_AGAIN_MS = 5_000;
/** A removal that did not happen this long (ms) after the last request is taken for off. */
const PENDING_MS = 30_000;
/** A guest that says no this often means it. */
const MOST_REFUSALS = 3;

/** Which devices the guest was asked to let go, and what it said. Of a crash of the agent it knows nothing, and needs not: it is asked again. */
export class RemovalLedger {
  private readonly removals = new Map<string, Removal>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  shouldAsk(vmId: string, deviceId: string): boolean {
    const removal = this.removals.get(key(vmId, deviceId));
    return !removal || this.now() - removal.askedAt >= ASK_AGAIN_MS;
  }

  asked(vmId: string, deviceId: string): void {
    const earlier = this.removals.get(key(vmId, deviceId));
    const askedAt = this.now();
    const since = earlier && this.isPending(vmId, deviceId) ? earlier.since : askedAt;
    this.removals.set(key(vmId, deviceId), { askedAt, since, refusals: earlier?.refusals ?? 0 });
  }

  /** Notes that the guest said no, so that it may be asked again at once. @returns whether it said so too often */
  refused(vmId: string, deviceId: string): boolean {
    const removal = this.removals.get(key(vmId, deviceId));
    if (!removal) return false;
    removal.refusals += 1;
    removal.askedAt = Number.NEGATIVE_INFINITY;
    if (removal.refusals < MOST_REFUSALS) return false;
    this.forget(vmId, deviceId);
    return true;
  }

  isPending(vmId: string, deviceId: string): boolean {
    return this.remainingMs(vmId, deviceId) > 0;
  }

  /** How long (ms) the removal may still happen. */
  remainingMs(vmId: string, deviceId: string): number {
    const removal = this.removals.get(key(vmId, deviceId));
    return removal ? Math.max(0, removal.askedAt + PENDING_MS - this.now()) : 0;
  }

  /** How long (ms) the guest has been asked. */
  waitedMs(vmId: string, deviceId: string): number {
    const removal = this.removals.get(key(vmId, deviceId));
    return removal ? this.now() - removal.since : 0;
  }

  forget(vmId: string, deviceId: string): void {
    this.removals.delete(key(vmId, deviceId));
  }
}

const key = (vmId: string, deviceId: string): string => `${vmId} ${deviceId}`;
