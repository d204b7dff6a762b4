import { gibToBytes } from '@clinker/cinder';
import type { OperationMeta, Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { diskIdSchema, volumeIdSchema } from '../disks/disk.ids';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { consumeStorage } from '../quotas/quota.consumption';
import { SnapshotMemoryClient } from '../snapshot-memory/snapshot-memory.client';
import { SnapshotMemory } from '../snapshot-memory/snapshot-memory.entity';
import { DiskSnapshotsClient } from './disk-snapshots.client';
import { GuestHoldClient } from './guest-hold.client';
import { refusePartOfDisks } from './memory.rules';
import { forgetSnapshot, newSnapshotState, recordSnapshot, unlockSnapshot } from './snapshot.recording';

const state = z.object({
  ...newSnapshotState,
  memoryId: diskIdSchema,
  storageDomainId: z.string(),
  providerId: z.string(),
  volumeType: z.string().nullable(),
  quotaId: z.string().nullable(),
  sizeGiB: z.int().positive(),
  volumeId: volumeIdSchema.nullable().default(null),
  /** How large (bytes) the memory is. */
  imageBytes: z.number().default(0),
});

/** What `create-memory-snapshot` is started with. */
export type CreateMemorySnapshot = z.input<typeof state>;
type State = z.output<typeof state>;

/** How long (ms) the guest is paused at most before its memory is written. */
const PAUSED_AT_MOST_MS = 60_000;

const placeOf = ({ memoryId, providerId, volumeId, sizeGiB }: State) => ({
  memoryId,
  providerId,
  volumeId,
  provisionedSize: gibToBytes(sizeGiB),
});

/**
 * Takes a snapshot of a running VM with its memory. The guest stands still from before Cinder is asked for the snapshots of its disks until its
 * memory is in a file on its host, so that both are of one moment; then it goes on, and the file is copied into a volume.
 */
@Injectable()
export class CreateMemorySnapshotSaga implements Saga<State> {
  readonly name = 'create-memory-snapshot';
  readonly state = state;

  readonly steps: readonly Step<State>[] = [
    { kind: 'transaction', name: 'record the snapshot', run: (at, tx) => this.record(at, tx), undo: (at, tx) => forgetSnapshot(tx, at) },
    {
      kind: 'call',
      name: 'ask Cinder for a volume for the memory',
      run: (at, ctx) => this.requestVolume(at, ctx),
      undo: (at, ctx) => this.memory.volume.takeBack(placeOf(at), ctx),
    },
    {
      kind: 'wait',
      name: 'wait until Cinder has made the volume',
      until: (at, ctx) => this.memory.volume.isMade(placeOf(at), ctx),
      every: '5s',
      within: '1h',
    },
    {
      kind: 'call',
      name: 'pause the guest',
      within: '1m',
      run: (at, ctx) => this.pause(at, ctx),
      undo: (at, ctx) => this.resume(at, ctx),
    },
    {
      kind: 'call',
      name: 'ask Cinder for the snapshots of all disks',
      run: (at, ctx) => this.requestSnapshots(at, ctx),
      undo: (at, ctx) => this.takeBackSnapshots(at, ctx),
    },
    {
      kind: 'wait',
      name: 'wait until Cinder has made the snapshots',
      until: ({ disks }, ctx) => this.snapshots.areMade(disks, ctx),
      every: '5s',
      within: '1m',
    },
    {
      kind: 'call',
      name: 'write the memory into a file on the host',
      within: '10m',
      run: (at, ctx) => this.save(at, ctx),
      undo: (at, ctx) => this.memory.host.remove(this.onHost(at, ctx)),
    },
    { kind: 'call', name: 'let the guest go on', run: (at, ctx) => this.resume(at, ctx) },
    {
      kind: 'call',
      name: 'attach the volume to the host',
      within: '2m',
      run: (at, ctx) => this.attach(at, ctx),
      undo: (at, ctx) => this.memory.volume.detach(placeOf(at), ctx),
    },
    {
      kind: 'wait',
      name: 'copy the memory into the volume',
      until: (at, ctx) => this.copy(at, ctx),
      every: '1s',
      within: '24h',
      undo: (at, ctx) => this.memory.host.endCopy(this.onHost(at, ctx), at.volumeId),
    },
    { kind: 'call', name: 'detach the volume, and remove the file', run: (at, ctx) => this.clearUp(at, ctx) },
    { kind: 'transaction', name: 'unlock the snapshot', run: (at, tx) => this.unlock(at, tx) },
  ];

  constructor(
    private readonly snapshots: DiskSnapshotsClient,
    private readonly guests: GuestHoldClient,
    private readonly memory: SnapshotMemoryClient,
    private readonly events: EventsService,
  ) {}

  describe({ vmName, description }: State): string {
    return `Creating Snapshot ${description} with memory for VM ${vmName}`;
  }

  async ended({ vmId, vmName, description }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    const text = `Failed to create Snapshot '${description}' of VM ${vmName}: ${outcome.reason}`;
    await this.events.record('SNAPSHOT_CREATE_FAILED', text, { vmId }, tx);
  }

  async stuck({ vmId, description }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await this.events.record('OPERATION_STUCK', `The job ${id} for the snapshot '${description}' is stuck: ${reason}`, { vmId }, tx);
  }

  private async record(at: State, tx: EntityManager): Promise<Partial<State>> {
    const recorded = await recordSnapshot(tx, at, true, this.events);
    await refusePartOfDisks(
      tx,
      at.vmId,
      recorded.disks.map(({ diskId }) => diskId),
    );
    const { memoryId: id, snapshotId, vmId, storageDomainId, providerId, quotaId, sizeGiB } = at;
    const provisionedSize = gibToBytes(sizeGiB);
    await consumeStorage(tx, { action: 'create', type: 'Snapshot', quotaId, storageDomainId, bytes: provisionedSize });
    const rest = { volumeId: null, imageBytes: 0, forNextRun: false };
    await tx.insert(SnapshotMemory, { id, snapshotId, vmId, storageDomainId, providerId, quotaId, provisionedSize, ...rest });
    return recorded;
  }

  private async requestVolume(at: State, ctx: StepContext): Promise<Partial<State>> {
    const { vmName, volumeType, description } = at;
    const wanted = { ...placeOf(at), volumeType, name: `${vmName}-memory`, description: `The memory of VM ${vmName}: ${description}` };
    return { volumeId: await this.memory.volume.request(wanted, ctx) };
  }

  private async pause(at: State, ctx: StepContext): Promise<void> {
    const refusal = await this.guests.pause(this.guest(at, ctx), PAUSED_AT_MOST_MS);
    if (refusal !== null) throw new ConflictError(`The guest could not be paused: ${refusal}`);
  }

  private async resume(at: State, ctx: StepContext): Promise<void> {
    await this.guests.resume(this.guest(at, ctx));
  }

  private async requestSnapshots({ disks, snapshotId }: State, { isFirst }: StepContext): Promise<Partial<State>> {
    return { disks: await this.snapshots.request(disks, snapshotId, isFirst) };
  }

  /** The guest waits for nothing of this. */
  private async takeBackSnapshots(at: State, ctx: StepContext): Promise<void> {
    await this.resume(at, ctx);
    await this.snapshots.takeBack(at.disks, ctx);
  }

  private async save(at: State, ctx: StepContext): Promise<Partial<State>> {
    return { imageBytes: await this.memory.host.save(this.onHost(at, ctx), at.vmId, gibToBytes(at.sizeGiB)) };
  }

  private async attach(at: State, ctx: StepContext): Promise<void> {
    await this.memory.volume.attach(placeOf(at), at.hostName ?? '', ctx);
  }

  private async copy(at: State, ctx: StepContext): Promise<boolean | (Partial<State> & { progress: number })> {
    const side = await this.memory.volume.side(placeOf(at), at.hostName ?? '', ctx);
    const progress = await this.memory.host.copy(this.onHost(at, ctx), side);
    return progress === 100 || { progress };
  }

  private async clearUp(at: State, ctx: StepContext): Promise<void> {
    await this.memory.volume.detach(placeOf(at), ctx);
    await this.memory.host.remove(this.onHost(at, ctx));
  }

  private async unlock(at: State, tx: EntityManager): Promise<void> {
    const { memoryId: id, volumeId, imageBytes } = at;
    await tx.update(SnapshotMemory, { id }, { volumeId, imageBytes });
    await unlockSnapshot(tx, at, this.events);
  }

  private guest({ vmId, hostName }: State, { operationId }: StepContext) {
    return { vmId, hostName: hostName ?? '', operationId };
  }

  private onHost({ hostName }: State, { operationId }: StepContext) {
    return { hostName: hostName ?? '', operationId };
  }
}
