import { bytesToGiB } from '@clinker/cinder';
import { type OperationMeta, Operations, type Saga, type SagaOutcome, type Step, type StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { z } from 'zod';
import type { DiskSnapshot } from '../disks/disk-snapshot.entity';
import { DiskVolume } from '../disks/disk-volume.entity';
import { Disk } from '../disks/disk.entity';
import { EventsService } from '../events/events.service';
import { allOf } from '../sagas/all.of';
import { useMemoryOf } from '../snapshot-memory/snapshot-memory.rows';
import { Vm } from '../vms/vm.entity';
import { vmStatuses } from '../vms/vm.statuses';
import { restoreConfiguration } from './configuration.restore';
import { chosenDiskSchema, chosenSnapshots, refusePartOfMemory } from './preview.choice';
import { PreviewVolumesClient, type VolumeOfSnapshot, volumeOfSnapshotSchema } from './preview-volumes.client';
import { configurationOf } from './snapshot.configuration';
import { holdDisks, lockSnapshots, previewOf, refuseUnlessDown, releaseDisks, usableSnapshot } from './snapshot.rules';
import { snapshotStatuses } from './snapshot.statuses';
import { VmSnapshot } from './vm-snapshot.entity';

const state = z.object({
  vmId: z.string(),
  vmName: z.string(),
  snapshotId: z.string(),
  description: z.string(),
  /** The id of the snapshot that keeps the VM as it was before. */
  beforeId: z.string(),
  /** What is previewed of which disk; null for all that the snapshot has. */
  chosen: z.array(chosenDiskSchema).nullable(),
  /** True if the preview is to be committed at once: oVirt's restore. */
  commit: z.boolean().default(false),
  /** True if the next run is to begin with the snapshot's memory, if it has one. */
  restoreMemory: z.boolean().default(false),
  disks: z.array(volumeOfSnapshotSchema).default([]),
});

/** What `preview-snapshot` is started with. */
export type PreviewSnapshot = z.input<typeof state>;
type State = z.output<typeof state>;

/**
 * Shows a VM as it was: its hardware, and for each previewed disk a new volume that is made of the snapshot. The volumes of before are set
 * aside, and undo or commit decides what becomes of them.
 */
@Injectable()
export class PreviewSnapshotSaga implements Saga<State> {
  readonly name = 'preview-snapshot';
  readonly state = state;
  readonly pointOfNoReturn = 'put the volumes in place';

  readonly steps: readonly Step<State>[] = [
    { kind: 'transaction', name: 'lock the VM', run: (at, tx) => this.lock(at, tx), undo: (at, tx) => this.unlock(at, tx) },
    {
      kind: 'call',
      name: 'ask Cinder for volumes of the snapshots',
      run: (at, ctx) => this.request(at, ctx),
      undo: ({ disks }, ctx) => this.volumes.takeBack(disks, ctx),
    },
    {
      kind: 'wait',
      name: 'wait until Cinder has made the volumes',
      until: ({ disks }, ctx) => this.volumes.areMade(disks, ctx),
      every: '5s',
      within: '1h',
    },
    { kind: 'transaction', name: 'put the volumes in place', run: (at, tx, ctx) => this.putInPlace(at, tx, ctx) },
    { kind: 'call', name: 'remove what lost requests have made', run: ({ disks }, ctx) => this.volumes.removeSurplus(disks, ctx) },
  ];

  constructor(
    private readonly volumes: PreviewVolumesClient,
    private readonly events: EventsService,
    private readonly operations: Operations,
  ) {}

  describe({ vmName, description, commit }: State): string {
    return `${commit ? 'Restoring' : 'Previewing'} Snapshot ${description} of VM ${vmName}`;
  }

  async ended({ vmId, vmName, description }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    const text = `Failed to preview Snapshot '${description}' of VM ${vmName}: ${outcome.reason}`;
    await this.events.record('SNAPSHOT_PREVIEW_FAILED', text, { vmId }, tx);
  }

  async stuck({ vmId, description }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await this.events.record('OPERATION_STUCK', `The job ${id} for the preview of '${description}' is stuck: ${reason}`, { vmId }, tx);
  }

  private async lock(at: State, tx: EntityManager): Promise<Partial<State>> {
    const { vmId, snapshotId, beforeId } = at;
    const found = await lockSnapshots(tx, vmId, 'preview');
    previewOf(found, false, 'preview');
    refuseUnlessDown(found.vm, 'preview');
    const snapshot = usableSnapshot(found, snapshotId, 'preview');
    const rows = await chosenSnapshots(tx, found, snapshot, at.chosen);
    if (at.restoreMemory && snapshot.persistMemorystate) refusePartOfMemory(snapshot, rows);
    const disks = await this.holdDisks(rows, tx);
    const configuration = { ...(await configurationOf(tx, found.vm)), previewed: await this.previewed(rows, tx) };
    const before = { id: beforeId, vmId, description: 'Active VM before the preview', type: 'preview', status: 'locked' } as const;
    await tx.insert(VmSnapshot, { ...before, persistMemorystate: false, configuration, creationTime: new Date() });
    await snapshotStatuses.move(tx, snapshotId, { from: 'ok', to: 'locked' });
    await vmStatuses.move(tx, vmId, { from: 'down', to: 'image_locked' });
    return { disks };
  }

  private async holdDisks(rows: readonly DiskSnapshot[], tx: EntityManager): Promise<VolumeOfSnapshot[]> {
    const { disks, domainOf } = await holdDisks(tx, rows.map(({ diskId }) => diskId).sort(), 'preview');
    return disks.map((disk) => {
      const { id, cinderSnapshotId } = rows.find(({ diskId }) => diskId === disk.id)!;
      const { name, provisionedSize } = disk;
      const size = { sizeGiB: bytesToGiB(provisionedSize), volumeId: null };
      const source = { diskSnapshotId: id, cinderSnapshotId: cinderSnapshotId! };
      return { diskId: disk.id, providerId: domainOf(disk).providerId, name, ...size, ...source };
    });
  }

  private async previewed(rows: readonly DiskSnapshot[], tx: EntityManager) {
    return allOf(
      rows.map(async ({ id: diskSnapshotId, diskId }) => {
        const { provisionedSize: sizeBefore } = await tx.findOneByOrFail(Disk, { id: diskId });
        return { diskId, diskSnapshotId, sizeBefore };
      }),
    );
  }

  private async unlock({ vmId, snapshotId, beforeId, disks }: State, tx: EntityManager): Promise<void> {
    await tx.delete(VmSnapshot, { id: beforeId });
    await snapshotStatuses.move(tx, snapshotId, { from: 'locked', to: 'ok' });
    await this.release(vmId, disks, tx);
  }

  private async release(vmId: string, disks: readonly VolumeOfSnapshot[], tx: EntityManager): Promise<void> {
    await releaseDisks(
      tx,
      disks.map(({ diskId }) => diskId),
    );
    await vmStatuses.move(tx, vmId, { from: 'image_locked', to: 'down' });
  }

  private async request({ disks }: State, { operationId, isFirst }: StepContext): Promise<Partial<State>> {
    return { disks: await this.volumes.request(disks, operationId, isFirst) };
  }

  private async putInPlace(at: State, tx: EntityManager, ctx: StepContext): Promise<void> {
    const { vmId, vmName, snapshotId, beforeId, description, disks } = at;
    for (const disk of disks) await this.swap(disk, tx);
    const snapshot = await tx.findOneByOrFail(VmSnapshot, { id: snapshotId });
    await restoreConfiguration(tx, await tx.findOneByOrFail(Vm, { id: vmId }), snapshot.configuration);
    await useMemoryOf(tx, vmId, at.restoreMemory ? snapshotId : null);
    await snapshotStatuses.move(tx, snapshotId, { from: 'locked', to: 'in_preview' });
    await snapshotStatuses.move(tx, beforeId, { from: 'locked', to: 'ok' });
    await this.release(vmId, disks, tx);
    await this.events.record(
      'SNAPSHOT_PREVIEWED',
      `Snapshot-Preview '${description}' for VM '${vmName}' has been completed.`,
      { vmId },
      tx,
    );
    if (at.commit) await this.commit(at, tx, ctx);
  }

  private async swap({ diskId, providerId, volumeId }: VolumeOfSnapshot, tx: EntityManager): Promise<void> {
    const disk = await tx.findOneByOrFail(Disk, { id: diskId });
    await tx.insert(DiskVolume, { volumeId: disk.volumeId!, diskId, providerId, role: 'set_aside' });
    await tx.update(Disk, { id: diskId }, { volumeId });
  }

  private async commit({ vmId, vmName }: State, tx: EntityManager, { correlationId }: StepContext): Promise<void> {
    await this.operations.start('commit-snapshot', { vmId, vmName }, { correlationId, subjects: [{ type: 'vm', id: vmId }] }, tx);
  }
}
