import { messages, renderMessage } from '@clinker/ovirt-api';
import type { OperationMeta, Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { VolumeAttachment } from '../disk-attachments/disk-attachment.entity';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { Host } from '../hosts/host.entity';
import { memorySteps, noteMemorySaved, recordMemory, savedMemoryState } from '../snapshot-memory/memory.steps';
import { SnapshotMemoryClient } from '../snapshot-memory/snapshot-memory.client';
import { forgetMemory } from '../snapshot-memory/snapshot-memory.rows';
import { GuestHoldClient } from '../snapshots/guest-hold.client';
import { holdActiveDomains } from '../storage-domains/domain.lock';
import { refuseSuspension } from './suspension.rules';
import { VmVolumesClient } from './vm-volumes.client';
import { DETACH_THE_DISKS } from './vm.ending';
import { lockVm } from './vm.lock';
import { vmStatuses } from './vm.statuses';

const state = z.object({
  vmId: z.string(),
  vmName: z.string(),
  hostName: z.string().nullable().default(null),
  ...savedMemoryState,
});

/** What `suspend-vm` is started with. */
export type SuspendVm = z.input<typeof state>;
type State = z.output<typeof state>;

/** How long (ms) the guest stands still if the engine is not heard of any more: then its host lets it go on, and it is not suspended. */
const PAUSED_AT_MOST_MS = 300_000;

const names = { action: 'suspend', type: 'VM' };

/**
 * Suspends a VM: `up` -> `saving_state` -> `suspended`. Its guest stands still from before its memory is written until its domain is ended, which its
 * host does only if it has stood still all the time: what is in the memory fits what is on the disks. Until then it goes on if anything fails.
 */
@Injectable()
export class SuspendVmSaga implements Saga<State> {
  readonly name = 'suspend-vm';
  readonly state = state;
  readonly pointOfNoReturn = DETACH_THE_DISKS;
  readonly steps: readonly Step<State>[];

  constructor(
    memories: SnapshotMemoryClient,
    private readonly guests: GuestHoldClient,
    private readonly volumes: VmVolumesClient,
    private readonly events: EventsService,
  ) {
    const memory = memorySteps<State>(
      memories,
      () => 'suspended',
      (at, ctx) => this.pause(at, ctx),
    );
    this.steps = [
      { kind: 'transaction', name: 'take the VM', run: (at, tx) => this.take(at, tx), undo: (at, tx) => this.giveBack(at, tx) },
      memory.request,
      memory.made,
      memory.attach,
      {
        kind: 'call',
        name: 'pause the guest',
        within: '1m',
        run: (at, ctx) => this.pause(at, ctx),
        undo: (at, ctx) => this.resume(at, ctx),
      },
      memory.write,
      memory.copy,
      { kind: 'call', name: 'end the paused guest on the host', within: '2m', run: (at, ctx) => memories.host.endGuest(onHost(at, ctx)) },
      { kind: 'call', name: DETACH_THE_DISKS, run: ({ vmId }) => this.volumes.disconnect(vmId) },
      memory.clearUp,
      { kind: 'transaction', name: 'note that the VM is suspended', run: (at, tx) => this.noteSuspended(at, tx) },
    ];
  }

  describe({ vmName }: State): string {
    return `Suspending VM ${vmName}`;
  }

  async ended({ vmId, vmName, hostName }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished')
      return this.events.record('VM_SUSPENDED', `VM ${vmName} on Host ${hostName ?? ''} is suspended.`, { vmId }, tx);
    const text = `Failed to suspend VM ${vmName} (Host: ${hostName ?? ''}): ${outcome.reason}`;
    await this.events.record('VM_SUSPEND_FAILED', text, { vmId }, tx);
  }

  async stuck({ vmId, vmName }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await this.events.record('OPERATION_STUCK', `The job ${id} that suspends VM ${vmName} is stuck: ${reason}`, { vmId }, tx);
  }

  private async take(at: State, tx: EntityManager): Promise<Partial<State>> {
    const vm = await lockVm(tx, at.vmId);
    await refuseSuspension(tx, vm);
    await holdActiveDomains(tx, [at.storageDomainId], names.action, names.type);
    await recordMemory(tx, at, null);
    const { name: hostName } = await tx.findOneByOrFail(Host, { id: vm.hostId ?? '' });
    if (!(await vmStatuses.move(tx, vm.id, { from: 'up', to: 'saving_state' })))
      throw new ConflictError(renderMessage(messages.OBJECT_LOCKED, names));
    await this.events.record('VM_SUSPENDING', `Suspending VM ${vm.name} was initiated (Host: ${hostName}).`, { vmId: vm.id }, tx);
    return { hostName };
  }

  /** The guest goes on. If it has ended meanwhile, or its host is silent, that is found out by who looks at running VMs. */
  private async giveBack(at: State, tx: EntityManager): Promise<void> {
    await forgetMemory(tx, at);
    const host = await tx.findOneBy(Host, { name: at.hostName ?? '' });
    const to = host?.status === 'up' ? 'up' : 'unknown';
    await vmStatuses.move(tx, at.vmId, { from: 'saving_state', to });
  }

  /** One that is paused by us already stays so for another while. */
  private async pause(at: State, ctx: StepContext): Promise<void> {
    const refusal = await this.guests.pause(onHost(at, ctx), PAUSED_AT_MOST_MS);
    if (refusal !== null) throw new ConflictError(`The guest could not be paused: ${refusal}`);
  }

  private async resume(at: State, ctx: StepContext): Promise<void> {
    await this.guests.resume(onHost(at, ctx));
  }

  private async noteSuspended(at: State, tx: EntityManager): Promise<void> {
    const { vmId } = at;
    await noteMemorySaved(tx, at, true);
    await tx.delete(VolumeAttachment, { vmId });
    await vmStatuses.move(tx, vmId, { from: 'saving_state', to: 'suspended' }, { hostId: null, guest: null });
  }
}

const onHost = ({ vmId, hostName }: State, { operationId }: StepContext) => ({ vmId, hostName: hostName ?? '', operationId });
