import { type OperationMeta, Operations, type Saga, type SagaOutcome, type Step, type StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { ConflictError, DomainError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { AttachedVolumeClient } from './attached-volume.client';
import { DiskAttachment, VolumeAttachment } from './disk-attachment.entity';
import { HostDiskClient } from './host-disk.client';
import { hotPlugState, lockLiveDisk, onHost } from './hot-plug.state';

const state = z.object({
  ...hotPlugState,
  /** What becomes of the disk then: it stays attached and inactive, is detached from the VM, or is removed for good. */
  afterwards: z.enum(['keep', 'detach', 'remove']).default('keep'),
});

/** What `unplug-disk` is started with. */
export type UnplugDisk = z.input<typeof state>;
type State = z.output<typeof state>;

/**
 * Takes a disk from a running VM. What libvirt shows decides: while the guest holds the disk nothing is detached, and if it does not
 * release it in time the disk stays active.
 */
@Injectable()
export class UnplugDiskSaga implements Saga<State> {
  readonly name = 'unplug-disk';
  readonly state = state;
  readonly pointOfNoReturn = 'detach the volume in Cinder';

  readonly steps: readonly Step<State>[] = [
    { kind: 'transaction', name: 'lock the disk attachment', run: (at, tx) => this.lock(at, tx), undo: (at, tx) => this.unlock(at, tx) },
    {
      kind: 'call',
      name: 'unplug the disk on the host',
      within: '2m',
      run: (at, ctx) => this.unplug(at, ctx),
      undo: (at, ctx) => this.plugAgain(at, ctx),
    },
    { kind: 'call', name: 'detach the volume in Cinder', run: (at) => this.detach(at) },
    { kind: 'transaction', name: 'note that the disk is inactive', run: (at, tx, ctx) => this.finish(at, tx, ctx) },
  ];

  constructor(
    private readonly events: EventsService,
    private readonly volumes: AttachedVolumeClient,
    private readonly hosts: HostDiskClient,
    private readonly operations: Operations,
  ) {}

  describe({ vmName, diskName, diskId }: State): string {
    return `Hot Unplugging Disk ${diskName || diskId}${vmName ? ` from VM ${vmName}` : ''}`;
  }

  async ended({ vmId, diskId, vmName, diskName }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    await this.events.record(
      'DISK_UNPLUG_FAILED',
      `Failed to unplug disk ${diskName} from VM ${vmName}: ${outcome.reason}`,
      { vmId, diskId },
      tx,
    );
  }

  async stuck({ vmId, diskId, diskName }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await this.events.record(
      'OPERATION_STUCK',
      `The job ${id}, which unplugs the disk ${diskName}, is stuck: ${reason}`,
      { vmId, diskId },
      tx,
    );
  }

  private async lock(ids: State, tx: EntityManager): Promise<Partial<State>> {
    const { vm, disk, attachment, host } = await lockLiveDisk(tx, ids, 'unplug');
    if (!attachment.plugged) throw new ConflictError(`Cannot unplug Virtual Disk. The disk is not active in VM ${vm.name}.`);
    const { providerId } = await tx.findOneByOrFail(StorageDomain, { id: disk.storageDomainId });
    await tx.update(DiskAttachment, { vmId: vm.id, diskId: disk.id }, { status: 'locked' });
    return { vmName: vm.name, diskName: disk.name, hostId: host.id, hostName: host.name, providerId, volumeId: disk.volumeId };
  }

  private async unlock({ vmId, diskId }: State, tx: EntityManager): Promise<void> {
    await tx.update(DiskAttachment, { vmId, diskId }, { status: 'ok' });
  }

  private async unplug(at: State, ctx: StepContext): Promise<void> {
    await this.hosts.ensureUnplugged(onHost(at, ctx));
  }

  /**
   * The guest may have released the disk at the last moment: then it gets it back, because the disk stays active. To connect a volume
   * again makes its attachment incomplete, so that Cinder is told again too, also by who finds the disk plugged in again already.
   */
  private async plugAgain(at: State, ctx: StepContext): Promise<void> {
    if ((await this.hosts.look(onHost(at, ctx))) === 'unplugged') await this.hosts.plug(onHost(at, ctx), await this.volumes.reconnect(at));
    await this.volumes.confirm(at);
  }

  private async detach(at: State): Promise<void> {
    await this.volumes.disconnect(at);
  }

  private async finish(at: State, tx: EntityManager, ctx: StepContext): Promise<void> {
    const { vmId, diskId, hostId, vmName, diskName, afterwards } = at;
    await tx.delete(VolumeAttachment, { vmId, diskId, hostId });
    await tx.update(DiskAttachment, { vmId, diskId }, { plugged: false, status: 'ok' });
    await this.events.record('DISK_UNPLUGGED', `VM ${vmName} disk ${diskName} was unplugged.`, { vmId, diskId, hostId }, tx);
    if (afterwards === 'keep') return;
    await tx.delete(DiskAttachment, { vmId, diskId });
    await this.events.record('DISK_DETACHED', `Disk ${diskName} was successfully detached from VM ${vmName}.`, { vmId, diskId }, tx);
    if (afterwards === 'remove') await this.remove(at, tx, ctx);
  }

  /** The removal may be refused, e.g. because the domain is not active any more: then the disk floats, and an event says why. */
  private async remove({ diskId, diskName }: State, tx: EntityManager, { correlationId }: StepContext): Promise<void> {
    const meta = { correlationId, subjects: [{ type: 'disk', id: diskId }] };
    try {
      await tx.transaction((inner) => this.operations.start('remove-disk', { diskId, diskName }, meta, inner));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      await this.events.record('DISK_REMOVE_FAILED', `The disk '${diskName}' could not be removed: ${error.message}`, { diskId }, tx);
    }
  }
}
