import type { OperationMeta, Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { EventsService } from '../events/events.service';
import { DiskSnapshotsClient } from './disk-snapshots.client';
import { GuestHoldClient } from './guest-hold.client';
import { endHold, guestHoldState, holdGuest, letGuestGo, shortcomingOf } from './guest.hold';
import { forgetSnapshot, newSnapshotState, recordSnapshot, unlockSnapshot } from './snapshot.recording';

const state = z.object({ ...newSnapshotState, ...guestHoldState });

/** What `create-snapshot` is started with. */
export type CreateSnapshot = z.input<typeof state>;
type State = z.output<typeof state>;

/**
 * Takes a snapshot of a VM: of all its disks at the same moment, or of chosen ones. The guest of a running VM is frozen meanwhile if its agent
 * answers, or else paused if it has several disks; it goes on on every way out of here, and by its host if the engine is gone.
 */
@Injectable()
export class CreateSnapshotSaga implements Saga<State> {
  readonly name = 'create-snapshot';
  readonly state = state;

  readonly steps: readonly Step<State>[] = [
    {
      kind: 'transaction',
      name: 'record the snapshot',
      run: (at, tx) => this.record(at, tx),
      undo: (at, tx) => forgetSnapshot(tx, at),
    },
    {
      kind: 'call',
      name: 'freeze the guest, or pause it',
      within: '1m',
      run: (at, ctx) => this.hold(at, ctx),
      undo: (at, ctx) => this.letGo(at, ctx),
    },
    {
      kind: 'call',
      name: 'ask Cinder for the snapshots of all disks',
      run: (at, ctx) => this.request(at, ctx),
      undo: (at, ctx) => this.takeBack(at, ctx),
    },
    {
      kind: 'wait',
      name: 'wait until Cinder has made the snapshots',
      until: ({ disks }, ctx) => this.client.areMade(disks, ctx),
      every: '5s',
      within: '1h',
    },
    { kind: 'call', name: 'let the guest go on', run: (at, ctx) => this.endHold(at, ctx) },
    { kind: 'transaction', name: 'unlock the snapshot', run: (at, tx) => this.unlock(at, tx) },
  ];

  constructor(
    private readonly client: DiskSnapshotsClient,
    private readonly guests: GuestHoldClient,
    private readonly events: EventsService,
  ) {}

  describe({ vmName, description }: State): string {
    return `Creating Snapshot ${description} for VM ${vmName}`;
  }

  async ended({ vmId, vmName, description }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    const text = `Failed to create Snapshot '${description}' of VM ${vmName}: ${outcome.reason}`;
    await this.events.record('SNAPSHOT_CREATE_FAILED', text, { vmId }, tx);
  }

  async stuck({ vmId, description }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await this.events.record('OPERATION_STUCK', `The job ${id} for the snapshot '${description}' is stuck: ${reason}`, { vmId }, tx);
  }

  private record(at: State, tx: EntityManager): Promise<Partial<State>> {
    return recordSnapshot(tx, at, false, this.events);
  }

  private async hold({ hostName, vmId, disks }: State, { operationId }: StepContext): Promise<Partial<State>> {
    if (hostName === null || disks.length === 0) return {};
    return holdGuest(this.guests, { hostName, vmId, operationId }, disks.length);
  }

  private async letGo({ hostName, vmId, disks }: State, { operationId }: StepContext): Promise<void> {
    if (hostName !== null && disks.length > 0) await letGuestGo(this.guests, { hostName, vmId, operationId });
  }

  private async request({ disks, snapshotId }: State, { isFirst }: StepContext): Promise<Partial<State>> {
    return { disks: await this.client.request(disks, snapshotId, isFirst) };
  }

  /** The guest waits for nothing of this. */
  private async takeBack(at: State, ctx: StepContext): Promise<void> {
    await this.letGo(at, ctx);
    await this.client.takeBack(at.disks, ctx);
  }

  private async endHold(at: State, { operationId }: StepContext): Promise<Partial<State>> {
    const { hostName, vmId, disks } = at;
    if (hostName === null || disks.length === 0) return {};
    return endHold(this.guests, { hostName, vmId, operationId }, at);
  }

  private async unlock(at: State, tx: EntityManager): Promise<void> {
    await this.noteUnquiesced(at, tx);
    await unlockSnapshot(tx, at, this.events);
  }

  private async noteUnquiesced(at: State, tx: EntityManager): Promise<void> {
    const { vmId, vmName, description, hostName, disks } = at;
    const shortcoming = hostName === null || disks.length === 0 ? undefined : shortcomingOf(at, disks.length);
    if (shortcoming === undefined) return;
    await this.events.record('SNAPSHOT_NOT_QUIESCED', `Snapshot '${description}' of VM ${vmName}: ${shortcoming}.`, { vmId }, tx);
  }
}
