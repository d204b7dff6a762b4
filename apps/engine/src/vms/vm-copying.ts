import { messages, renderMessage } from '@clinker/ovirt-api';
import type { OperationMeta, SagaOutcome, Step } from '@clinker/sagas';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import type { DiskCopiesClient } from '../disk-copies/disk-copies.client';
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
import { ConflictError } from '../errors/domain.errors';
import type { EventsService } from '../events/events.service';
import { snapshotStatuses } from '../snapshots/snapshot.statuses';
import { Vm } from './vm.entity';
import { vmStatuses } from './vm.statuses';

/** What every saga keeps that makes a VM as a copy. The rows of the VM and of its disks are there before it starts. */
export const vmCopyingSchema = copyingSchema.extend({
  vmId: z.string(),
  vmName: z.string(),
  /** What it is a copy of, for people: `Template web`. */
  source: z.string(),
  /** The VM's snapshot that is copied: nobody removes it meanwhile. */
  snapshotId: z.string().nullable().default(null),
});

export type VmCopying = z.output<typeof vmCopyingSchema>;

const names = { action: 'add', type: 'VM' };

/** What the sagas have in common that make VMs as copies. A VM that cannot be made leaves nothing behind but an event with the reason. */
export abstract class VmCopyingSaga {
  readonly state = vmCopyingSchema;
  readonly pointOfNoReturn = 'unlock the VM';
  readonly steps: readonly Step<VmCopying>[];

  /** @param hasOrigins that disks are copied as they are now */
  protected constructor(
    copies: DiskCopiesClient,
    private readonly events: EventsService,
    hasOrigins: boolean,
  ) {
    this.steps = [
      {
        kind: 'transaction',
        name: 'lock the VM',
        run: (at, tx) => this.lock(at, tx),
        undo: (at, tx) => this.forget(at, tx),
      },
      ...(hasOrigins ? snapshotSteps<VmCopying>(copies) : []),
      ...copySteps<VmCopying>(copies),
      { kind: 'transaction', name: this.pointOfNoReturn, run: (at, tx) => this.unlock(at, tx) },
      ...tidySteps<VmCopying>(copies, hasOrigins),
    ];
  }

  describe({ vmName, source }: VmCopying): string {
    return `Creating VM ${vmName} from ${source}`;
  }

  async ended({ vmId, vmName }: VmCopying, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    await this.events.record('VM_COPY_FAILED', `Failed to complete VM ${vmName} creation: ${outcome.reason}`, { vmId }, tx);
  }

  async stuck({ vmId, vmName }: VmCopying, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await this.events.record('OPERATION_STUCK', `The job ${id} for VM ${vmName} is stuck: ${reason}`, { vmId }, tx);
  }

  private async lock(at: VmCopying, tx: EntityManager): Promise<void> {
    if (!(await vmStatuses.move(tx, at.vmId, { from: 'down', to: 'image_locked' })))
      throw new ConflictError(renderMessage(messages.OBJECT_LOCKED, names));
    await this.lockSnapshot(at, tx);
    await lockOrigins(at, tx, names);
  }

  private async lockSnapshot({ snapshotId }: VmCopying, tx: EntityManager): Promise<void> {
    if (snapshotId === null) return;
    const locked = await snapshotStatuses.move(tx, snapshotId, { from: 'ok', to: 'locked' });
    if (!locked) throw new ConflictError('Cannot add VM. The snapshot is locked or in preview. Please try again later.');
  }

  private async releaseSnapshot({ snapshotId }: VmCopying, tx: EntityManager): Promise<void> {
    if (snapshotId !== null) await snapshotStatuses.move(tx, snapshotId, { from: 'locked', to: 'ok' });
  }

  private async forget(at: VmCopying, tx: EntityManager): Promise<void> {
    await releaseOrigins(at, tx);
    await this.releaseSnapshot(at, tx);
    await forgetCopies(at, tx);
    await tx.delete(Vm, { id: at.vmId });
  }

  private async unlock(at: VmCopying, tx: EntityManager): Promise<void> {
    await unlockCopies(at, tx);
    await this.releaseSnapshot(at, tx);
    if (!(await vmStatuses.move(tx, at.vmId, { from: 'image_locked', to: 'down' })))
      throw new ConflictError(`The VM ${at.vmName} is no longer there.`);
    await this.events.record('VM_COPIED', `VM ${at.vmName} creation has been completed.`, { vmId: at.vmId }, tx);
  }
}
