import type { Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { LeftoverCleanupClient } from './leftover-cleanup.client';
import { Leftover } from './leftover.entity';

const state = z.object({
  leftoverId: z.string(),
  providerId: z.string().default(''),
  kind: z.enum(['volume', 'snapshot', 'group', 'attachment', 'image']).default('volume'),
  resourceId: z.string().default(''),
  vmId: z.string().nullable().default(null),
});

/** What `clean-leftover` is started with. */
export type CleanLeftover = z.input<typeof state>;
type State = z.output<typeof state>;

/** Removes from the storage what nobody knows. Looks once more before: what is known again, or in use, stays. */
@Injectable()
export class CleanLeftoverSaga implements Saga<State> {
  readonly name = 'clean-leftover';
  readonly state = state;
  readonly pointOfNoReturn = 'remove it from the storage';

  readonly steps: readonly Step<State>[] = [
    { kind: 'transaction', name: 'take the leftover', run: (at, tx) => this.take(at, tx), undo: (at, tx) => this.giveBack(at, tx) },
    { kind: 'call', name: 'make sure that nobody knows it', within: '1m', run: (at) => this.cleanup.refuseKnown(at) },
    { kind: 'call', name: 'remove it from the storage', run: (at, ctx) => this.remove(at, ctx) },
    { kind: 'transaction', name: 'forget the leftover', run: (at, tx) => this.forget(at, tx) },
  ];

  constructor(
    private readonly events: EventsService,
    private readonly cleanup: LeftoverCleanupClient,
  ) {}

  describe({ kind, resourceId, leftoverId }: State): string {
    return resourceId ? `Cleaning up the ${kind} ${resourceId}` : `Cleaning up the leftover ${leftoverId}`;
  }

  async ended({ leftoverId, kind, resourceId }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished')
      return this.events.record(
        'LEFTOVER_CLEANED',
        `The ${kind} ${resourceId}, which was left over, was removed from the storage.`,
        {},
        tx,
      );
    await tx.update(Leftover, { id: leftoverId }, { error: outcome.reason });
    await this.events.record('LEFTOVER_KEPT', `The ${kind} ${resourceId} was not cleaned up: ${outcome.reason}`, {}, tx);
  }

  async stuck({ leftoverId, kind, resourceId }: State, reason: string, tx: EntityManager): Promise<void> {
    await tx.update(Leftover, { id: leftoverId }, { error: reason });
    await this.events.record('OPERATION_STUCK', `The ${kind} ${resourceId} cannot be removed from the storage yet: ${reason}`, {}, tx);
  }

  private async take({ leftoverId }: State, tx: EntityManager): Promise<Partial<State>> {
    const found = await tx.findOne(Leftover, { where: { id: leftoverId }, lock: { mode: 'pessimistic_write' } });
    if (!found) throw new NotFoundError('Leftover', leftoverId);
    const { status, providerId, kind, resourceId, vmId } = found;
    if (status === 'suspected')
      throw new ConflictError('Cannot clean up Leftover. It was seen only just now: something that is under way may still explain it.');
    if (status === 'cleaning') throw new ConflictError('Cannot clean up Leftover. It is being cleaned up already.');
    await tx.update(Leftover, { id: leftoverId }, { status: 'cleaning', error: null });
    return { providerId, kind, resourceId, vmId };
  }

  private async giveBack({ leftoverId }: State, tx: EntityManager): Promise<void> {
    await tx.update(Leftover, { id: leftoverId }, { status: 'quarantined' });
  }

  private async remove(at: State, ctx: StepContext): Promise<void> {
    await this.cleanup.remove(at, ctx);
  }

  private async forget({ leftoverId }: State, tx: EntityManager): Promise<void> {
    await tx.delete(Leftover, { id: leftoverId });
  }
}
