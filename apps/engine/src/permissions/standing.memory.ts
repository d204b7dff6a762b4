import type { Standing } from './standing';

/** How long (ms) a standing is believed. What is taken away elsewhere is gone after this time; here it is forgotten at once. */
const BELIEVED_MS = 1_000;

/** How many people are kept in mind. */
const MOST = 10_000;

interface Known {
  readonly groupIds: readonly string[];
  readonly standing: Promise<Standing>;
  readonly until: number;
}

/** Keeps standings for a moment, so that a busy client does not cost a query with every request. */
export class StandingMemory {
  private readonly known = new Map<string, Known>();

  constructor(private readonly read: (accountId: string, groupIds: readonly string[]) => Promise<Standing>) {}

  /** @param groupIds what the log-in told; without it, what it told last */
  get(accountId: string, groupIds?: readonly string[]): Promise<Standing> {
    const known = this.known.get(accountId);
    const groups = groupIds ?? known?.groupIds ?? [];
    if (known && known.until > Date.now() && known.groupIds.join() === groups.join()) return known.standing;
    const standing = this.read(accountId, groups);
    this.known.delete(accountId);
    this.known.set(accountId, { groupIds: groups, standing, until: Date.now() + BELIEVED_MS });
    standing.catch(() => this.known.delete(accountId));
    this.forgetOldest();
    return standing;
  }

  /** Permissions have changed: every standing is read anew. */
  refresh(): void {
    for (const [id, known] of this.known) this.known.set(id, { ...known, until: 0 });
  }

  private forgetOldest(): void {
    const oldest = this.known.size > MOST ? this.known.keys().next().value : undefined;
    if (oldest !== undefined) this.known.delete(oldest);
  }
}
