import type { CallStep, OperationMeta, Saga, SagaOutcome, Step, StepContext, TransactionStep, WaitStep } from '@clinker/sagas';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import type { EventsService } from '../events/events.service';
import type { DiskSnapshotsClient } from './disk-snapshots.client';
import type { GuestHoldClient, GuestOnHost } from './guest-hold.client';
import { endHold, guestHoldState, holdGuest, letGuestGo, shortcomingOf } from './guest.hold';
import { forgetSnapshot, newSnapshotState, recordSnapshot, unlockSnapshot } from './snapshot.recording';

const state = z.object({ ...newSnapshotState, ...guestHoldState });

/** What every saga keeps that holds the guest for a snapshot. */
export const heldSnapshotState = state.shape;
export type HeldSnapshot = z.output<typeof state>;

/** With what snapshots are taken. */
export interface SnapshotTools {
  readonly client: DiskSnapshotsClient;
  readonly guests: GuestHoldClient;
  readonly events: EventsService;
}

/** The steps that a snapshot of a VM consists of, whoever takes those of its disks. */
export interface SnapshotSteps<S> {
  readonly record: TransactionStep<S>;
  readonly hold: CallStep<S>;
  readonly made: WaitStep<S>;
  readonly goOn: CallStep<S>;
  readonly unlock: TransactionStep<S>;
  /** For an undo: the guest waits for nothing of it. */
  readonly letGo: (at: S, ctx: StepContext) => Promise<void>;
}

/** How a new snapshot is spoken of to operators. */
export abstract class NewSnapshotSaga<S extends Pick<HeldSnapshot, 'vmId' | 'vmName' | 'description'>> implements Saga<S> {
  abstract readonly name: string;
  abstract readonly state: Saga<S>['state'];
  abstract readonly steps: readonly Step<S>[];

  constructor(protected readonly events: EventsService) {}

  describe({ vmName, description }: S): string {
    return `Creating Snapshot ${description} for VM ${vmName}`;
  }

  async ended({ vmId, vmName, description }: S, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    const text = `Failed to create Snapshot '${description}' of VM ${vmName}: ${outcome.reason}`;
    await this.events.record('SNAPSHOT_CREATE_FAILED', text, { vmId }, tx);
  }

  async stuck({ vmId, description }: S, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await this.events.record('OPERATION_STUCK', `The job ${id} for the snapshot '${description}' is stuck: ${reason}`, { vmId }, tx);
  }
}

/** @param moments how many of the disks' snapshots could be of different moments if the guest went on: with one it is not paused */
export function snapshotSteps<S extends HeldSnapshot>(
  { client, guests, events }: SnapshotTools,
  moments: (at: S) => number,
): SnapshotSteps<S> {
  const letGo = async (at: S, ctx: StepContext): Promise<void> => {
    const guest = heldGuest(at, ctx);
    if (guest) await letGuestGo(guests, guest);
  };
  const record: TransactionStep<S> = {
    kind: 'transaction',
    name: 'record the snapshot',
    run: async (at, tx) => (await recordSnapshot(tx, at, false, events)) as Partial<S>,
    undo: (at, tx) => forgetSnapshot(tx, at),
  };
  const made: WaitStep<S> = {
    kind: 'wait',
    name: 'wait until Cinder has made the snapshots',
    until: ({ disks }, ctx) => client.areMade(disks, ctx),
    every: '5s',
    within: '1h',
  };
  const unlock: TransactionStep<S> = {
    kind: 'transaction',
    name: 'unlock the snapshot',
    run: async (at, tx) => {
      await noteShortcoming(events, at, moments(at), tx);
      await unlockSnapshot(tx, at, events);
    },
  };
  return { record, hold: holdStep(guests, moments, letGo), made, goOn: goOnStep(guests), unlock, letGo };
}

function holdStep<S extends HeldSnapshot>(
  guests: GuestHoldClient,
  moments: (at: S) => number,
  undo: SnapshotSteps<S>['letGo'],
): CallStep<S> {
  const run = async (at: S, ctx: StepContext): Promise<Partial<S>> => {
    const guest = heldGuest(at, ctx);
    return (guest ? await holdGuest(guests, guest, moments(at)) : {}) as Partial<S>;
  };
  return { kind: 'call', name: 'freeze the guest, or pause it', within: '1m', run, undo };
}

function goOnStep<S extends HeldSnapshot>(guests: GuestHoldClient): CallStep<S> {
  const run = async (at: S, ctx: StepContext): Promise<Partial<S>> => {
    const guest = heldGuest(at, ctx);
    return (guest ? await endHold(guests, guest, at) : {}) as Partial<S>;
  };
  return { kind: 'call', name: 'let the guest go on', run };
}

/** The guest that is to be held; undefined if there is none, or nothing for which it would be. */
function heldGuest({ hostName, vmId, disks }: HeldSnapshot, { operationId }: StepContext): GuestOnHost | undefined {
  return hostName === null || disks.length === 0 ? undefined : { hostName, vmId, operationId };
}

async function noteShortcoming(events: EventsService, at: HeldSnapshot, moments: number, tx: EntityManager): Promise<void> {
  const { vmId, vmName, description, hostName, disks } = at;
  const shortcoming = hostName === null || disks.length === 0 ? undefined : shortcomingOf(at, moments);
  if (shortcoming === undefined) return;
  await events.record('SNAPSHOT_NOT_QUIESCED', `Snapshot '${description}' of VM ${vmName}: ${shortcoming}.`, { vmId }, tx);
}
