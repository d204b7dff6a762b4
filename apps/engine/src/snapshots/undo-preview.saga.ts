import type { OperationMeta, Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { DiskVolume } from '../disks/disk-volume.entity';
import { Disk } from '../disks/disk.entity';
import { volumeIdSchema } from '../disks/disk.ids';
import { EventsService } from '../events/events.service';
import { allOf } from '../sagas/all.of';
import { useMemoryOf } from '../snapshot-memory/snapshot-memory.rows';
import { Vm } from '../vms/vm.entity';
import { vmStatuses } from '../vms/vm.statuses';
import { restoreConfiguration } from './configuration.restore';
import { DiskSnapshotsClient, volumeOfDiskSchema } from './disk-snapshots.client';
import type { PreviewedDisk } from './snapshot.configuration';
import { holdDisks, inPreview, lockSnapshots, previewOf, previewedDisks, refuseUnlessDown, releaseDisks } from './snapshot.rules';
import { snapshotStatuses } from './snapshot.statuses';
import { VmSnapshot } from './vm-snapshot.entity';

/** A disk whose volume of before comes back, with the volume of the preview, which goes. Sizes in bytes. */
const returningSchema = volumeOfDiskSchema.extend({ volumeBefore: volumeIdSchema, size: z.number(), sizeBefore: z.number() });
type Returning = z.output<typeof returningSchema>;

const state = z.object({
  vmId: z.string(),
  vmName: z.string(),
  snapshotId: z.string().default(''),
  beforeId: z.string().default(''),
  disks: z.array(returningSchema).default([]),
});

/** What `undo-preview` is started with. */
export type UndoPreview = z.input<typeof state>;
type State = z.output<typeof state>;

/** Ends a preview: the VM is what it was before, and what was written meanwhile is gone. */
@Injectable()
export class UndoPreviewSaga implements Saga<State> {
  readonly name = 'undo-preview';
  readonly state = state;
  readonly pointOfNoReturn = 'delete the volumes of the preview';

  readonly steps: readonly Step<State>[] = [
    { kind: 'transaction', name: 'put the disks back', run: (at, tx) => this.putBack(at, tx), undo: (at, tx) => this.putForward(at, tx) },
    { kind: 'call', name: 'delete the volumes of the preview', run: (at, ctx) => this.delete(at, ctx) },
    { kind: 'transaction', name: 'unlock the VM', run: (at, tx) => this.unlock(at, tx) },
  ];

  constructor(
    private readonly client: DiskSnapshotsClient,
    private readonly events: EventsService,
  ) {}

  describe({ vmName }: State): string {
    return `Undoing the Snapshot-Preview of VM ${vmName}`;
  }

  async ended({ vmId, vmName }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    const isFine = outcome.status === 'finished';
    const text = isFine
      ? `Snapshot-Preview of VM '${vmName}' was undone.`
      : `Failed to undo the preview of VM ${vmName}: ${outcome.reason}`;
    await this.events.record(isFine ? 'SNAPSHOT_PREVIEW_UNDONE' : 'SNAPSHOT_PREVIEW_UNDO_FAILED', text, { vmId }, tx);
  }

  async stuck({ vmId, vmName }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    const text = `The job ${id}, which undoes the preview of VM ${vmName}, is stuck: ${reason}`;
    await this.events.record('OPERATION_STUCK', text, { vmId }, tx);
  }

  private async putBack({ vmId }: State, tx: EntityManager): Promise<Partial<State>> {
    const found = await lockSnapshots(tx, vmId, 'undo');
    const before = previewOf(found, true, 'undo')!;
    refuseUnlessDown(found.vm, 'undo');
    const snapshotId = inPreview(found)?.id ?? '';
    const disks = await this.returning(await previewedDisks(tx, before), tx);
    for (const { diskId, volumeId, volumeBefore, sizeBefore } of disks) {
      await tx.delete(DiskVolume, { volumeId: volumeBefore });
      await tx.update(Disk, { id: diskId, volumeId }, { volumeId: volumeBefore, provisionedSize: sizeBefore });
    }
    await vmStatuses.move(tx, vmId, { from: 'down', to: 'image_locked' });
    await snapshotStatuses.move(tx, before.id, { from: 'ok', to: 'locked' });
    return { disks, snapshotId, beforeId: before.id };
  }

  private async returning(previewed: readonly PreviewedDisk[], tx: EntityManager): Promise<Returning[]> {
    const { disks } = await holdDisks(tx, previewed.map(({ diskId }) => diskId).sort(), 'undo');
    return allOf(
      previewed.map(async ({ diskId, sizeBefore }) => {
        const { volumeId: volumeBefore, providerId } = await tx.findOneByOrFail(DiskVolume, { diskId, role: 'set_aside' });
        const { volumeId, provisionedSize: size } = disks.find(({ id }) => id === diskId)!;
        return { diskId, providerId, volumeId: volumeId!, volumeBefore, size, sizeBefore };
      }),
    );
  }

  private async putForward({ vmId, beforeId, disks }: State, tx: EntityManager): Promise<void> {
    for (const { diskId, volumeId, volumeBefore, providerId, size } of disks) {
      await tx.update(Disk, { id: diskId }, { volumeId, provisionedSize: size });
      await tx.insert(DiskVolume, { volumeId: volumeBefore, diskId, providerId, role: 'set_aside' });
    }
    await snapshotStatuses.move(tx, beforeId, { from: 'locked', to: 'ok' });
    await this.release(vmId, disks, tx);
  }

  private async delete({ disks }: State, ctx: StepContext): Promise<void> {
    await this.client.ensureVolumesGone(disks, [], ctx);
  }

  private async unlock({ vmId, snapshotId, beforeId, disks }: State, tx: EntityManager): Promise<void> {
    const before = await tx.findOneByOrFail(VmSnapshot, { id: beforeId });
    await restoreConfiguration(tx, await tx.findOneByOrFail(Vm, { id: vmId }), before.configuration);
    await tx.delete(VmSnapshot, { id: beforeId });
    await useMemoryOf(tx, vmId, null);
    if (snapshotId !== '') await snapshotStatuses.move(tx, snapshotId, { from: 'in_preview', to: 'ok' });
    await this.release(vmId, disks, tx);
  }

  private async release(vmId: string, disks: readonly Returning[], tx: EntityManager): Promise<void> {
    await releaseDisks(
      tx,
      disks.map(({ diskId }) => diskId),
    );
    await vmStatuses.move(tx, vmId, { from: 'image_locked', to: 'down' });
  }
}
