import type { Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { EventsService } from '../events/events.service';
import { DiskSnapshotsClient } from './disk-snapshots.client';
import { GuestHoldClient } from './guest-hold.client';
import { NewSnapshotSaga, heldSnapshotState, snapshotSteps } from './snapshot.steps';

const state = z.object(heldSnapshotState);

/** What `create-snapshot` is started with. */
export type CreateSnapshot = z.input<typeof state>;
type State = z.output<typeof state>;

/**
 * Takes a snapshot of a VM: of all its disks at the same moment, or of chosen ones. The guest of a running VM is frozen meanwhile if its agent
 * answers, or else paused if it has several disks; it goes on on every way out of here, and by its host if the engine is gone.
 */
@Injectable()
export class CreateSnapshotSaga extends NewSnapshotSaga<State> {
  readonly name = 'create-snapshot';
  readonly state = state;
  readonly steps: readonly Step<State>[];

  constructor(
    private readonly client: DiskSnapshotsClient,
    guests: GuestHoldClient,
    events: EventsService,
  ) {
    super(events);
    const { record, hold, made, goOn, unlock, letGo } = snapshotSteps<State>({ client, guests, events }, ({ disks }) => disks.length);
    const request: Step<State> = {
      kind: 'call',
      name: 'ask Cinder for the snapshots of all disks',
      run: (at, ctx) => this.request(at, ctx),
      // The guest waits for nothing of this.
      undo: async (at, ctx) => {
        await letGo(at, ctx);
        await this.client.takeBack(at.disks, ctx);
      },
    };
    this.steps = [record, hold, request, made, goOn, unlock];
  }

  private async request({ disks, snapshotId }: State, { isFirst }: StepContext): Promise<Partial<State>> {
    return { disks: await this.client.request(disks, snapshotId, isFirst) };
  }
}
