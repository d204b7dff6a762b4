import type { DiskDefinition } from '@clinker/agent-protocol';
import { messages, renderMessage } from '@clinker/ovirt-api';
import type { OperationMeta, Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { type EntityManager, In, Not } from 'typeorm';
import { z } from 'zod';
import { DiskAttachment, VolumeAttachment } from '../disk-attachments/disk-attachment.entity';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { askedInitializationSchema } from '../initialization/guest-seeds.service';
import { RunInitialization } from '../initialization/run-initialization.entity';
import { tellOfMissingBridges } from '../networks/missing.bridges';
import { pluggedNics } from '../networks/nic.definition';
import { consumeCluster } from '../quotas/quota.consumption';
import {
  type KeptMemory,
  keptMemorySchema,
  memoryForNextRun,
  spoilMemoriesOfSharers,
  useMemoryOf,
} from '../snapshot-memory/snapshot-memory.rows';
import { PlacementService } from './placement.service';
import { type PluggedDisk, pluggedDisks } from './plugged-disks.query';
import { startRefusal } from './start.rules';
import { VmDomainClient } from './vm-domain.client';
import { VmVolumesClient } from './vm-volumes.client';
import { operationInProgress, statusConflict } from './vm.conflicts';
import { Vm } from './vm.entity';
import { lockVm } from './vm.lock';
import { endOfRun, forOneRun, tellOfNextRun } from './vm.next-run';
import { runOnceSchema } from './vm.run-once';
import { vmStatuses } from './vm.statuses';

const state = z.object({
  vmId: z.string(),
  vmName: z.string(),
  /** The hosts that the client has named. */
  onlyHostIds: z.array(z.string()).optional(),
  /** Settings that hold for this run only. */
  once: runOnceSchema.optional(),
  hostId: z.string().optional(),
  hostName: z.string().optional(),
  /** Our notes of the volumes that this start connects. */
  attachmentIds: z.array(z.string()).optional(),
  /** With which the run begins, once. */
  memory: keptMemorySchema.optional(),
  initialization: askedInitializationSchema.optional(),
});

/** What a VM can be that is being started; its host may have shown more than we have noted. */
const STARTED = ['wait_for_launch', 'powering_up', 'not_responding', 'up', 'paused', 'unknown'] as const;

const FROM_MEMORY =
  'Cannot run VM. It goes on from the memory of a snapshot, with the settings that it had: others cannot be asked for this run.';

export type RunVm = z.infer<typeof state>;

/**
 * Starts a VM: `down` -> `wait_for_launch` -> `powering_up` -> `up`. When the host has the domain the VM is up; a Cinder that cannot be told
 * so does not take the VM down any more. The undo leaves the volumes attached until the host has said that the domain is gone.
 */
@Injectable()
export class RunVmSaga implements Saga<RunVm> {
  readonly name = 'run-vm';
  readonly state = state;
  readonly pointOfNoReturn = 'tell Cinder that the VM has its disks';

  readonly steps: readonly Step<RunVm>[] = [
    { kind: 'transaction', name: 'choose a host', run: (at, tx) => this.reserve(at, tx), undo: (at, tx) => this.release(at, tx) },
    {
      kind: 'call',
      name: 'attach the disks to the host',
      within: '2m',
      run: (at, ctx) => this.connect(at, ctx),
      undo: (at, ctx) => this.disconnect(at, ctx),
    },
    { kind: 'transaction', name: 'note that the host starts the VM', run: (at, tx) => this.noteStarting(at, tx) },
    {
      kind: 'call',
      name: 'start the VM on the host',
      within: '15m',
      run: (at, ctx) => this.start(at, ctx),
      undo: (at, ctx) => this.end(at, ctx),
    },
    { kind: 'transaction', name: 'note that the VM is up', run: (at, tx, ctx) => this.noteUp(at, tx, ctx) },
    { kind: 'call', name: 'tell Cinder that the VM has its disks', run: (at, ctx) => this.complete(at, ctx) },
  ];

  /** What Cinder said in this process, so that the next step need not ask again. Lost with the process: then it asks again. */
  private readonly connected = new Map<string, DiskDefinition[]>();

  constructor(
    private readonly events: EventsService,
    private readonly placement: PlacementService,
    private readonly volumes: VmVolumesClient,
    private readonly domains: VmDomainClient,
  ) {}

  describe({ vmName }: RunVm): string {
    return `Launching VM ${vmName}`;
  }

  async ended({ vmId, vmName, hostId, hostName }: RunVm, outcome: SagaOutcome, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    this.connected.delete(id);
    await tx.delete(RunInitialization, { vmId });
    const references = { vmId, ...(hostId ? { hostId } : {}) };
    if (outcome.status === 'finished')
      return this.events.record('VM_STARTED', `VM ${vmName} started on host ${hostName ?? ''}.`, references, tx);
    await tx.update(Vm, { id: vmId }, { stopReason: outcome.reason });
    await this.events.record('VM_START_FAILED', `VM ${vmName} could not be started: ${outcome.reason}`, references, tx);
  }

  async stuck({ vmId, vmName }: RunVm, reason: string, tx: EntityManager): Promise<void> {
    await this.events.record(
      'OPERATION_STUCK',
      `The start of VM ${vmName} can neither be finished nor taken back yet: ${reason}`,
      { vmId },
      tx,
    );
  }

  private async reserve({ vmId, vmName, onlyHostIds, once }: RunVm, tx: EntityManager): Promise<Partial<RunVm>> {
    const stored = await lockVm(tx, vmId);
    if (stored.status !== 'down') throw statusConflict('run', stored);
    const settings = once && forOneRun(stored, once);
    const vm = { ...stored, ...settings };
    if (vm.hasRun || (await tx.existsBy(DiskAttachment, { vmId, status: 'locked' }))) throw operationInProgress('run');
    const plugged = await pluggedDisks(tx, vmId, true);
    const refusal = startRefusal(vm, plugged) ?? (await this.foreignUse(plugged, vmId, tx));
    if (refusal) throw refusal;
    const { clusterId, quotaId, memory: bytes } = vm;
    await consumeCluster(tx, { action: 'run', type: 'VM', clusterId, quotaId, vcpus: vm.sockets * vm.cores * vm.threads, bytes });
    const host = await this.placement.reserve(vm, tx, onlyHostIds);
    const { id: hostId, name: hostName } = host;
    const attachmentIds = await this.volumes.intend(plugged, { vmId, hostId }, tx);
    const own = plugged.filter(({ disk }) => !disk.shareable).map(({ disk }) => disk.id);
    await spoilMemoriesOfSharers(tx, vmId, own);
    const begun = { ...settings, hasRun: vm.vmPoolId !== null, stopReason: '', startTime: null, stopTime: null };
    await vmStatuses.move(tx, vmId, { from: 'down', to: 'wait_for_launch' }, begun);
    await this.events.record('VM_STARTING', `VM ${vmName} is starting on host ${hostName}.`, { vmId, hostId }, tx);
    await tellOfMissingBridges(this.events, { vm, host }, await pluggedNics(tx, vmId), tx);
    const memory = await this.memoryFor(vm, tx);
    return { hostId, hostName, attachmentIds, ...(memory && { memory }) };
  }

  /** The memory with which the run begins. It fits the settings that its guest had. @throws ConflictError */
  private async memoryFor({ id, runOnce }: Pick<Vm, 'id' | 'runOnce'>, tx: EntityManager): Promise<KeptMemory | undefined> {
    const memory = await memoryForNextRun(tx, id);
    if (memory && runOnce && Object.keys(runOnce).length > 0) throw new ConflictError(FROM_MEMORY);
    return memory;
  }

  /** A volume that another VM has, or may still have, would be written by two guests. */
  private async foreignUse(plugged: readonly PluggedDisk[], vmId: string, tx: EntityManager): Promise<ConflictError | undefined> {
    const own = plugged.filter(({ disk }) => !disk.shareable);
    const use = await tx.findOneBy(VolumeAttachment, { diskId: In(own.map(({ disk }) => disk.id)), vmId: Not(vmId) });
    const diskAlias = own.find(({ disk }) => disk.id === use?.diskId)?.disk.name;
    if (!use || diskAlias === undefined) return undefined;
    const other = await tx.findOneBy(Vm, { id: use.vmId });
    return new ConflictError(
      renderMessage(messages.DISK_NOT_SHAREABLE, { action: 'run', type: 'VM', diskAlias, vmNames: other?.name ?? use.vmId }),
    );
  }

  private async release({ vmId, hostId }: RunVm, tx: EntityManager): Promise<void> {
    if (hostId) await tx.delete(VolumeAttachment, { vmId, hostId });
    const vm = await lockVm(tx, vmId);
    const ended = { ...endOfRun(vm), hostId: null, stopTime: new Date() };
    if (await vmStatuses.move(tx, vmId, { from: STARTED, to: 'down' }, ended)) await tellOfNextRun(vm, tx);
  }

  private async connect({ vmId, hostId = '', hostName = '', memory }: RunVm, ctx: StepContext): Promise<void> {
    this.connected.set(ctx.operationId, await this.volumes.connect(vmId, hostId, ctx.isFirst));
    if (memory) await this.volumes.memories.attach(memory, hostName, ctx);
  }

  private async disconnect({ vmId, memory }: RunVm, ctx: StepContext): Promise<void> {
    await this.volumes.disconnect(vmId);
    if (memory) await this.volumes.memories.detach(memory, ctx);
  }

  private async complete({ attachmentIds = [], memory }: RunVm, ctx: StepContext): Promise<void> {
    await this.volumes.complete(attachmentIds);
    if (memory) await this.volumes.memories.detach(memory, ctx);
  }

  /** From here on the guest may write to its disks: a memory fits them once. */
  private async noteStarting({ vmId }: RunVm, tx: EntityManager): Promise<void> {
    await useMemoryOf(tx, vmId, null);
    await vmStatuses.move(tx, vmId, { from: 'wait_for_launch', to: 'powering_up' });
  }

  private async start({ vmId, hostId = '', hostName = '', memory, initialization }: RunVm, ctx: StepContext): Promise<void> {
    const { operationId } = ctx;
    const disks = this.connected.get(operationId) ?? (await this.volumes.connect(vmId, hostId));
    const saved = memory && (await this.volumes.memories.saved(memory, hostName, ctx));
    await this.domains.start({ vmId, hostName, operationId }, disks, { memory: saved, initialization });
  }

  private async end({ vmId, hostName = '' }: RunVm, { operationId }: StepContext): Promise<void> {
    await this.domains.endStarted({ vmId, hostName, operationId });
  }

  private async noteUp({ vmId }: RunVm, tx: EntityManager, { operationId }: StepContext): Promise<void> {
    this.connected.delete(operationId);
    await vmStatuses.move(tx, vmId, { from: 'powering_up', to: 'up' }, { startTime: new Date() });
    await tx.update(Vm, { id: vmId }, { initialized: true });
  }
}
