interface Removal {
  /** On the monotonic clock, in ms. */
  askedAt: number;
  refusals: number;
}

/** The guest is asked again after this long (ms): a guest that boots does not hear the first time. */
const ASK_AGAIN_MS = 5_000;
/** A removal that did not happen this long (ms) after the last request is taken for off. */
const PENDING_MS = 30_000;
/** A guest that says no this often means it. */
const MOST_REFUSALS = 3;

/** Which disks the guest was asked to let go, and what it said. Of a crash of the agent it knows nothing, and needs not: it is asked again. */
export class RemovalLedger {
  private readonly removals = new Map<string, Removal>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  shouldAsk(vmId: string, diskId: string): boolean {
    const removal = this.removals.get(key(vmId, diskId));
    return !removal || this.now() - removal.askedAt >= ASK_AGAIN_MS;
  }

  asked(vmId: string, diskId: string): void {
    const refusals = this.removals.get(key(vmId, diskId))?.refusals ?? 0;
    this.removals.set(key(vmId, diskId), { askedAt: this.now(), refusals });
  }

  /** Notes that the guest said no, so that it may be asked again at once. @returns whether it said so too often */
  refused(vmId: string, diskId: string): boolean {
    const removal = this.removals.get(key(vmId, diskId));
    if (!removal) return false;
    removal.refusals += 1;
    removal.askedAt = Number.NEGATIVE_INFINITY;
    if (removal.refusals < MOST_REFUSALS) return false;
    this.forget(vmId, diskId);
    return true;
  }

  isPending(vmId: string, diskId: string): boolean {
    return this.remainingMs(vmId, diskId) > 0;
  }

  /** How long (ms) the removal may still happen. */
  remainingMs(vmId: string, diskId: string): number {
    const removal = this.removals.get(key(vmId, diskId));
    return removal ? Math.max(0, removal.askedAt + PENDING_MS - this.now()) : 0;
  }

  forget(vmId: string, diskId: string): void {
    this.removals.delete(key(vmId, diskId));
  }
}

const key = (vmId: string, diskId: string): string => `${vmId} ${diskId}`;
