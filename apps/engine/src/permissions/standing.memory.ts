import { BriefMemory } from './brief.memory';
import type { Standing } from './standing';

/** Of how many people it is kept in mind which groups they are in. */
const MOST = 10_000;

/** Keeps standings for a moment. What is taken away elsewhere is gone after that; here it is forgotten at once. */
export class StandingMemory {
  private readonly standings = new BriefMemory<Standing>();
  private readonly groups = new Map<string, readonly string[]>();

  constructor(private readonly read: (accountId: string, groupIds: readonly string[]) => Promise<Standing>) {}

  /** @param groupIds what the log-in told; without it, what it told last */
  get(accountId: string, groupIds?: readonly string[]): Promise<Standing> {
    if (groupIds) this.note(accountId, groupIds);
    const groups = this.groups.get(accountId) ?? [];
    return this.standings.get([accountId, ...groups].join(), () => this.read(accountId, groups));
  }

  /** Permissions have changed: every standing is read anew. */
  refresh(): void {
    this.standings.forget();
  }

  private note(accountId: string, groupIds: readonly string[]): void {
    this.groups.delete(accountId);
    this.groups.set(accountId, groupIds);
    const oldest = this.groups.size > MOST ? this.groups.keys().next().value : undefined;
    if (oldest !== undefined) this.groups.delete(oldest);
  }
}
