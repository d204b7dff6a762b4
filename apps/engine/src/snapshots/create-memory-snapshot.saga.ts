import type { Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { memorySteps, noteMemorySaved, recordMemory, savedMemoryState } from '../snapshot-memory/memory.steps';
import { SnapshotMemoryClient } from '../snapshot-memory/snapshot-memory.client';
import { DiskSnapshotsClient } from './disk-snapshots.client';
import { GuestHoldClient } from './guest-hold.client';
import { refusePartOfDisks } from './memory.rules';
import { forgetSnapshot, newSnapshotState, recordSnapshot, unlockSnapshot } from './snapshot.recording';
import { NewSnapshotSaga } from './snapshot.steps';

const state = z.object({ ...newSnapshotState, ...savedMemoryState });

/** What `create-memory-snapshot` is started with. */
export type CreateMemorySnapshot = z.input<typeof state>;
type State = z.output<typeof state>;

/** How long (ms) the guest is paused at most before its memory is written. */
const PAUSED_AT_MOST_MS = 60_000;

/**
 * Takes a snapshot of a running VM with its memory. The guest stands still from before Cinder is asked for the snapshots of its disks until its
 * memory is in a file on its host, so that both are of one moment; then it goes on, and the file is copied into a volume.
 */
@Injectable()
export class CreateMemorySnapshotSaga extends NewSnapshotSaga<State> {
  readonly name = 'create-memory-snapshot';
  readonly state = state;

  readonly steps: readonly Step<State>[];

  constructor(
    memories: SnapshotMemoryClient,
    private readonly snapshots: DiskSnapshotsClient,
    private readonly guests: GuestHoldClient,
    events: EventsService,
  ) {
    super(events);
    const memory = memorySteps<State>(memories, ({ description }) => description);
    this.steps = [
      { kind: 'transaction', name: 'record the snapshot', run: (at, tx) => this.record(at, tx), undo: (at, tx) => forgetSnapshot(tx, at) },
      memory.request,
      memory.made,
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
      memory.write,
      { kind: 'call', name: 'let the guest go on', run: (at, ctx) => this.resume(at, ctx) },
      memory.attach,
      memory.copy,
      memory.clearUp,
      { kind: 'transaction', name: 'unlock the snapshot', run: (at, tx) => this.unlock(at, tx) },
    ];
  }

  override describe({ vmName, description }: State): string {
    return `Creating Snapshot ${description} with memory for VM ${vmName}`;
  }

  private async record(at: State, tx: EntityManager): Promise<Partial<State>> {
    const recorded = await recordSnapshot(tx, at, true, this.events);
    await refusePartOfDisks(
      tx,
      at.vmId,
      recorded.disks.map(({ diskId }) => diskId),
    );
    await recordMemory(tx, at, at.snapshotId);
    return recorded;
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

  private async unlock(at: State, tx: EntityManager): Promise<void> {
    await noteMemorySaved(tx, at, false);
    await unlockSnapshot(tx, at, this.events);
  }

  private guest({ vmId, hostName }: State, { operationId }: StepContext) {
    return { vmId, hostName: hostName ?? '', operationId };
  }
}
