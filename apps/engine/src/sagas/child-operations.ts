import { Operation, Operations, type StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager, In } from 'typeorm';

/** How long (ms) one wait for an operation's end lasts; after it the parent looks by itself. */
const WATCH_MS = 60_000;

/** How operations stand that another one has started. */
export interface ChildrenEnd {
  readonly haveEnded: boolean;
  /** Why some have failed; empty if none has. */
  readonly reasons: readonly string[];
}

/** Operations that another operation has started, and waits for. */
@Injectable()
export class ChildOperations {
  /** Whose ends this process waits for already. */
  private readonly watched = new Set<string>();

  constructor(
    private readonly db: EntityManager,
    private readonly operations: Operations,
  ) {}

  /** How they stand now. Wakes the parent when one has ended. One that is long over, and forgotten, had an end. */
  async look(ids: readonly string[], ctx: StepContext): Promise<ChildrenEnd> {
    const found = await this.db.findBy(Operation, { id: In([...ids]) });
    const running = found.filter(({ endedAt }) => endedAt === null);
    for (const { id } of running) this.watch(id, ctx);
    const reasons = found.filter(({ status }) => status === 'failed').map(({ error }) => error ?? '');
    return { haveEnded: running.length === 0, reasons };
  }

  private watch(id: string, ctx: StepContext): void {
    if (this.watched.has(id)) return;
    this.watched.add(id);
    const forget = () => {
      this.watched.delete(id);
      ctx.wakeUp();
    };
    void this.operations.ended(id, WATCH_MS).then(forget, forget);
  }
}
