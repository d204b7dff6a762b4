import type { DiskDefinition } from '@clinker/agent-protocol';
import { messages, renderMessage } from '@clinker/ovirt-api';
import type { SagaOutcome, Step, StepContext } from '@clinker/sagas';
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
import { keptMemorySchema, spoilMemoriesOfSharers } from '../snapshot-memory/snapshot-memory.rows';
import { PlacementService } from './placement.service';
import { type PluggedDisk, pluggedDisks } from './plugged-disks.query';
import { startRefusal } from './start.rules';
import { VmDomainClient } from './vm-domain.client';
import { VmVolumesClient } from './vm-volumes.client';
import { operationInProgress } from './vm.conflicts';
import { Vm } from './vm.entity';
import { runOnceSchema } from './vm.run-once';

/** A step of every saga that starts a VM. */
export const TELL_CINDER = 'tell Cinder that the VM has its disks';

/** What every saga keeps that starts a VM. */
export const startingSchema = z.object({
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

export type Starting = z.infer<typeof startingSchema>;

/** What a start has to itself. */
type Reserved = Required<Pick<Starting, 'hostId' | 'hostName' | 'attachmentIds'>>;

/** A volume that another VM has, or may still have, would be written by two guests. */
async function foreignUse(plugged: readonly PluggedDisk[], vmId: string, tx: EntityManager): Promise<ConflictError | undefined> {
  const own = plugged.filter(({ disk }) => !disk.shareable);
  const use = await tx.findOneBy(VolumeAttachment, { diskId: In(own.map(({ disk }) => disk.id)), vmId: Not(vmId) });
  const diskAlias = own.find(({ disk }) => disk.id === use?.diskId)?.disk.name;
  if (!use || diskAlias === undefined) return undefined;
  const other = await tx.findOneBy(Vm, { id: use.vmId });
  return new ConflictError(
    renderMessage(messages.DISK_NOT_SHAREABLE, { action: 'run', type: 'VM', diskAlias, vmNames: other?.name ?? use.vmId }),
  );
}

/** What the starts of VMs have in common, whether they are booted or go on from a memory: host, quota, volumes and domain. */
@Injectable()
export class VmStarting {
  /** What Cinder said in this process, so that the next step need not ask again. Lost with the process: then it asks again. */
  private readonly connected = new Map<string, DiskDefinition[]>();

  constructor(
    private readonly events: EventsService,
    private readonly placement: PlacementService,
    private readonly volumes: VmVolumesClient,
    private readonly domains: VmDomainClient,
  ) {}

  /**
   * Reserves what the run of a VM takes, whose row is the transaction's own. Its undo is {@link release}.
   * @throws ConflictError that says what is in the way
   */
  async reserve(vm: Vm, onlyHostIds: readonly string[] | undefined, tx: EntityManager): Promise<Reserved> {
    const { id: vmId, clusterId, quotaId, memory: bytes } = vm;
    if (await tx.existsBy(DiskAttachment, { vmId, status: 'locked' })) throw operationInProgress('run');
    const plugged = await pluggedDisks(tx, vmId, true);
    const refusal = startRefusal(vm, plugged) ?? (await foreignUse(plugged, vmId, tx));
    if (refusal) throw refusal;
    await consumeCluster(tx, { action: 'run', type: 'VM', clusterId, quotaId, vcpus: vm.sockets * vm.cores * vm.threads, bytes });
    const host = await this.placement.reserve(vm, tx, onlyHostIds);
    const { id: hostId, name: hostName } = host;
    const attachmentIds = await this.volumes.intend(plugged, { vmId, hostId }, tx);
    const own = plugged.filter(({ disk }) => !disk.shareable).map(({ disk }) => disk.id);
    await spoilMemoriesOfSharers(tx, vmId, own);
    await this.events.record('VM_STARTING', `VM ${vm.name} is starting on host ${hostName}.`, { vmId, hostId }, tx);
    await tellOfMissingBridges(this.events, { vm, host }, await pluggedNics(tx, vmId), tx);
    return { hostId, hostName, attachmentIds };
  }

  /** The volumes of a start that is taken back. */
  async release({ vmId, hostId }: Starting, tx: EntityManager): Promise<void> {
    if (hostId) await tx.delete(VolumeAttachment, { vmId, hostId });
  }

  /** Attaches the disks to the host, and the memory's volume. */
  async connect({ vmId, hostId = '', hostName = '', memory }: Starting, ctx: StepContext): Promise<void> {
    this.connected.set(ctx.operationId, await this.volumes.connect(vmId, hostId, ctx.isFirst));
    if (memory) await this.volumes.memories.attach(memory, hostName, ctx);
  }

  /** Detaches what {@link connect} has attached. Call it only when no QEMU can have the volumes open. */
  async disconnect({ vmId, memory }: Starting, ctx: StepContext): Promise<void> {
    await this.volumes.disconnect(vmId);
    if (memory) await this.volumes.memories.detach(memory, ctx);
  }

  /** @param paused that a guest which goes on from its memory stands still until it is let go */
  async start({ vmId, hostId = '', hostName = '', memory, initialization }: Starting, ctx: StepContext, paused = false): Promise<void> {
    const { operationId } = ctx;
    const disks = this.connected.get(operationId) ?? (await this.volumes.connect(vmId, hostId));
    const saved = memory && (await this.volumes.memories.saved(memory, hostName, ctx));
    await this.domains.start({ vmId, hostName, operationId }, disks, { memory: saved, paused, initialization });
  }

  async end({ vmId, hostName = '' }: Starting, { operationId }: StepContext): Promise<void> {
    await this.domains.endStarted({ vmId, hostName, operationId });
  }

  /** Lets a guest go on that was started paused. */
  async letGoOn({ vmId, hostName = '' }: Starting, { operationId }: StepContext): Promise<void> {
    await this.domains.letGoOn({ vmId, hostName, operationId });
  }

  /** Tells Cinder that the VM has its disks; nothing needs the memory's volume any more. */
  async complete({ attachmentIds = [], memory }: Starting, ctx: StepContext): Promise<void> {
    await this.volumes.complete(attachmentIds);
    if (memory) await this.volumes.memories.detach(memory, ctx);
  }

  /** Removes the volume of a memory that was used. */
  async removeMemory({ memory }: Starting, ctx: StepContext): Promise<void> {
    if (memory) await this.volumes.memories.takeBack(memory, ctx);
  }

  /** Call it when the host has the domain: how it opened the volumes need not be known any more. */
  forget(operationId: string): void {
    this.connected.delete(operationId);
  }

  /** Forgets what only the start needed, and tells of its end. */
  async ended(at: Starting, outcome: SagaOutcome, tx: EntityManager, operationId: string): Promise<void> {
    const { vmId, vmName, hostId, hostName = '' } = at;
    this.forget(operationId);
    await tx.delete(RunInitialization, { vmId });
    const references = { vmId, ...(hostId ? { hostId } : {}) };
    if (outcome.status === 'finished') return this.events.record('VM_STARTED', `VM ${vmName} started on host ${hostName}.`, references, tx);
    await this.events.record('VM_START_FAILED', `VM ${vmName} could not be started: ${outcome.reason}`, references, tx);
  }

  async stuck({ vmId, vmName }: Starting, reason: string, tx: EntityManager): Promise<void> {
    const text = `The start of VM ${vmName} can neither be finished nor taken back yet: ${reason}`;
    await this.events.record('OPERATION_STUCK', text, { vmId }, tx);
  }
}

/** The steps that all sagas have in common which start a VM. */
export const startingSteps = (starting: VmStarting) =>
  ({
    attachDisks: {
      kind: 'call',
      name: 'attach the disks to the host',
      within: '2m',
      run: (at, ctx) => starting.connect(at, ctx),
      undo: (at, ctx) => starting.disconnect(at, ctx),
    },
    tellCinder: { kind: 'call', name: TELL_CINDER, run: (at, ctx) => starting.complete(at, ctx) },
  }) satisfies Record<string, Step<Starting>>;
