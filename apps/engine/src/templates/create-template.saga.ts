import type { OperationMeta, Saga, SagaOutcome, Step } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { DiskCopiesClient } from '../disk-copies/disk-copies.client';
import { copyingSchema } from '../disk-copies/disk-copy';
import {
  copySteps,
  forgetCopies,
  lockOrigins,
  releaseOrigins,
  snapshotSteps,
  tidySteps,
  unlockCopies,
} from '../disk-copies/disk-copy.steps';
import { diskIdSchema, volumeSnapshotIdSchema } from '../disks/disk.ids';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { KeptSnapshotsClient } from './kept-snapshots.client';
import { Template, TemplateDisk } from './template.entity';
import { templateStatuses } from './template.statuses';

const kept = z.object({ diskId: diskIdSchema, providerId: z.string(), snapshotId: volumeSnapshotIdSchema });

const state = copyingSchema.extend({
  templateId: z.string(),
  templateName: z.string(),
  /** The snapshots that stay, as soon as Cinder has told their ids. */
  kept: z.array(kept).nullable().default(null),
});

/** What `create-template` is started with: the rows of the template and of its disks are there. */
export type CreateTemplate = z.input<typeof state>;
type State = z.output<typeof state>;

const names = { action: 'add', type: 'Template' };

/**
 * Makes a template's disks from those of a VM, which may run: each is snapshotted, copied from there, and a snapshot of the copy is kept,
 * from which VMs are made fast. A template that cannot be made leaves nothing behind but an event with the reason.
 */
@Injectable()
export class CreateTemplateSaga implements Saga<State> {
  readonly name = 'create-template';
  readonly state = state;
  readonly pointOfNoReturn = 'unlock the template';
  readonly steps: readonly Step<State>[];

  constructor(
    copies: DiskCopiesClient,
    private readonly snapshots: KeptSnapshotsClient,
    private readonly events: EventsService,
  ) {
    this.steps = [
      {
        kind: 'transaction',
        name: 'lock the template and the disks that are copied',
        run: (at, tx) => this.lock(at, tx),
        undo: (at, tx) => this.forget(at, tx),
      },
      ...snapshotSteps<State>(copies),
      ...copySteps<State>(copies),
      {
        kind: 'call',
        name: 'snapshot the disks of the template',
        run: async (at, ctx) => ({ kept: await this.snapshots.request(at.copies, ctx) }),
        undo: (at, ctx) => this.snapshots.remove(at.copies, at.kept !== null, ctx),
      },
      {
        kind: 'wait',
        name: 'wait until Cinder has made the snapshots of the template',
        until: (at, ctx) => this.snapshots.areMade(at.kept ?? [], ctx),
        every: '5s',
        within: '1h',
      },
      { kind: 'transaction', name: 'unlock the template', run: (at, tx) => this.unlock(at, tx) },
      ...tidySteps<State>(copies, true),
    ];
  }

  describe({ templateName }: State): string {
    return `Creating Template ${templateName}`;
  }

  async ended({ templateId, templateName }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    await this.events.record(
      'TEMPLATE_ADD_FAILED',
      `The template ${templateName} could not be added: ${outcome.reason}`,
      { templateId },
      tx,
    );
  }

  async stuck({ templateId, templateName }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await templateStatuses.move(tx, templateId, { from: 'locked', to: 'illegal' }, { statusReason: reason });
    await this.events.record('OPERATION_STUCK', `The job ${id} for the template ${templateName} is stuck: ${reason}`, { templateId }, tx);
  }

  private async lock(at: State, tx: EntityManager): Promise<void> {
    const isThere = await templateStatuses.move(tx, at.templateId, { from: 'ok', to: 'locked' });
    if (!isThere) throw new ConflictError(`Cannot add Template. The Template ${at.templateName} is no longer there.`);
    await lockOrigins(at, tx, names);
  }

  private async forget(at: State, tx: EntityManager): Promise<void> {
    await releaseOrigins(at, tx);
    await forgetCopies(at, tx);
    await tx.delete(Template, { id: at.templateId });
  }

  private async unlock(at: State, tx: EntityManager): Promise<void> {
    const { templateId, templateName } = at;
    await unlockCopies(at, tx);
    for (const { diskId, snapshotId } of at.kept ?? []) await tx.update(TemplateDisk, { diskId }, { cinderSnapshotId: snapshotId });
    const isThere = await templateStatuses.move(tx, templateId, { from: ['locked', 'illegal'], to: 'ok' }, { statusReason: null });
    if (!isThere) throw new ConflictError(`The template ${templateName} is no longer there.`);
    await this.events.record('TEMPLATE_ADDED', `The template ${templateName} was successfully added.`, { templateId }, tx);
  }
}
