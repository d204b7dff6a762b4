import type { Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { EventsService } from '../events/events.service';
import { DiskSnapshotsClient } from './disk-snapshots.client';
import { GuestHoldClient } from './guest-hold.client';
import { SnapshotGroupsClient, momentsOf, snapshotGroupSchema } from './snapshot-groups.client';
import { NewSnapshotSaga, heldSnapshotState, snapshotSteps } from './snapshot.steps';

const state = z.object({
  ...heldSnapshotState,
  /** Volumes that their storage can take at one moment. */
  groups: z.array(snapshotGroupSchema),
});

/** What `create-group-snapshot` is started with. */
export type CreateGroupSnapshot = z.input<typeof state>;
type State = z.output<typeof state>;

/**
 * Takes a snapshot of a running VM of which disks are on a storage that takes several volumes at one moment. Cinder does that for volumes that
 * are in a group, so they are gathered before the guest is held, and dispersed when it has gone on. Otherwise as `create-snapshot`; where all
 * disks are in one group, a guest that cannot be frozen need not be paused.
 */
@Injectable()
export class CreateGroupSnapshotSaga extends NewSnapshotSaga<State> {
  readonly name = 'create-group-snapshot';
  readonly state = state;
  readonly steps: readonly Step<State>[];

  constructor(
    client: DiskSnapshotsClient,
    private readonly groups: SnapshotGroupsClient,
    guests: GuestHoldClient,
    events: EventsService,
  ) {
    super(events);
    const tools = { client, guests, events };
    const { record, hold, made, goOn, unlock, letGo } = snapshotSteps<State>(tools, (at) => momentsOf(at.disks, at.groups));
    const gather: Step<State> = {
      kind: 'call',
      name: 'gather the volumes in groups of Cinder',
      within: '10m',
      run: (at, ctx) => this.gather(at, ctx),
      undo: ({ groups: made }, ctx) => this.groups.remove(made, ctx),
    };
    const request: Step<State> = {
      kind: 'call',
      name: 'ask Cinder for the snapshots of the groups, and of the other disks',
      run: async (at, { isFirst }) => ({ disks: await this.groups.request(at, isFirst) }),
      // The guest waits for nothing of this.
      undo: async (at, ctx) => {
        await letGo(at, ctx);
        await this.groups.takeBack(at.disks, at.groups, ctx);
      },
    };
    const disperse: Step<State> = {
      kind: 'call',
      name: 'take the volumes out of their groups',
      run: ({ disks, groups: made }) => this.groups.disperse(disks, made),
    };
    const end: Step<State> = {
      ...unlock,
      run: async (at, tx, ctx) => {
        await this.noteRefusals(at, tx);
        await unlock.run(at, tx, ctx);
      },
    };
    this.steps = [record, gather, hold, request, made, goOn, disperse, end];
  }

  /** A disk that has gone from the VM since the groups were made is not part of the snapshot. */
  private async gather({ groups, disks }: State, ctx: StepContext): Promise<Partial<State>> {
    const wanted = groups.map((group) => ({
      ...group,
      volumeIds: group.volumeIds.filter((id) => disks.some(({ volumeId }) => volumeId === id)),
    }));
    return {
      groups: await this.groups.gather(
        wanted.filter(({ volumeIds }) => volumeIds.length > 1),
        ctx,
      ),
    };
  }

  private async noteRefusals({ vmId, vmName, description, groups }: State, tx: EntityManager): Promise<void> {
    const reasons = groups.flatMap(({ refusal }) => refusal ?? []);
    if (reasons.length === 0) return;
    const text = `Snapshot '${description}' of VM ${vmName}: disks that their storage could take at one moment were taken one by one. ${reasons.join(' ')}`;
    await this.events.record('SNAPSHOT_NOT_GROUPED', text, { vmId }, tx);
  }
}
