import { gibToBytes } from '@clinker/cinder';
import { messages, renderMessage } from '@clinker/ovirt-api';
import type { OperationMeta, Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager, In } from 'typeorm';
import { z } from 'zod';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { modeOf, refuseLocked } from '../disk-attachments/hot-plug.rules';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { consumeStorage } from '../quotas/quota.consumption';
import { holdActiveDomains } from '../storage-domains/domain.lock';
import { Vm } from '../vms/vm.entity';
import { Disk } from './disk.entity';
import { diskIdSchema, volumeIdSchema } from './disk.ids';
import { diskStatuses } from './disk.statuses';
import { GuestSizeClient } from './guest-size.client';
import { VolumeSizeClient } from './volume-size.client';
import type { PlacedVolume } from './volume-work.client';

const state = z.object({
  diskId: diskIdSchema,
  /** The wanted size; later the one that Cinder has made. */
  sizeGiB: z.int().positive(),
  diskName: z.string().default(''),
  storageDomainId: z.string().default(''),
  providerId: z.string().default(''),
  volumeId: volumeIdSchema.nullable().default(null),
});

/** What `extend-disk` is started with. */
export type ExtendDisk = z.input<typeof state>;
type State = z.output<typeof state>;

const EDIT = { action: 'edit', type: 'Virtual Disk' } as const;

const volumeOf = ({ diskId, providerId, volumeId }: State): PlacedVolume => {
  if (volumeId === null) throw new Error('The disk was locked without a volume');
  return { diskId, providerId, volumeId };
};

/**
 * Makes a disk larger, for running guests too. A volume cannot shrink: what Cinder has extended stays extended, and a saga that is taken back
 * leaves the disk in the size that its volume has.
 */
@Injectable()
export class ExtendDiskSaga implements Saga<State> {
  readonly name = 'extend-disk';
  readonly state = state;
  readonly pointOfNoReturn = 'note the new size';

  readonly steps: readonly Step<State>[] = [
    {
      kind: 'transaction',
      name: 'lock the disk',
      run: (values, tx) => this.lock(values, tx),
      undo: (values, tx) => this.unlock(values, tx),
    },
    {
      kind: 'call',
      name: 'ask Cinder to extend the volume',
      within: '2m',
      run: (values) => this.sizes.ensureExtending(volumeOf(values), values.sizeGiB),
      undo: (values, ctx) => this.settle(values, ctx),
    },
    {
      kind: 'wait',
      name: 'wait until Cinder has extended the volume',
      until: (values, ctx) => this.isExtended(values, ctx),
      every: '5s',
      within: '1h',
    },
    { kind: 'transaction', name: 'note the new size', run: (values, tx) => this.note(values, tx) },
    { kind: 'call', name: 'show the running guests the new size', run: (values, ctx) => this.show(values, values.sizeGiB, ctx) },
    { kind: 'transaction', name: 'unlock the disk', run: (values, tx) => this.unlock(values, tx) },
  ];

  constructor(
    private readonly db: EntityManager,
    private readonly sizes: VolumeSizeClient,
    private readonly guests: GuestSizeClient,
    private readonly events: EventsService,
  ) {}

  describe({ diskName, diskId, sizeGiB }: State): string {
    return `Extending Virtual Disk ${diskName || diskId} to ${sizeGiB} GiB`;
  }

  async ended({ diskId, diskName, storageDomainId }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    const text = `The disk '${diskName}' could not be extended: ${outcome.reason}`;
    await this.events.record('DISK_EXTEND_FAILED', text, { diskId, storageDomainId }, tx);
  }

  async stuck({ diskId, diskName, storageDomainId }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await diskStatuses.move(tx, diskId, { from: 'locked', to: 'illegal' }, { statusReason: reason });
    const text = `The job ${id} for the disk '${diskName}' is stuck: ${reason}`;
    await this.events.record('OPERATION_STUCK', text, { diskId, storageDomainId }, tx);
  }

  private async lock({ diskId, sizeGiB }: State, tx: EntityManager): Promise<Partial<State>> {
    const disk = await tx.findOne(Disk, { where: { id: diskId }, lock: { mode: 'pessimistic_write' } });
    if (!disk) throw new NotFoundError('Disk', diskId);
    const { name: diskName, storageDomainId, volumeId, status } = disk;
    if (status === 'locked') throw new ConflictError(renderMessage(messages.DISK_LOCKED, EDIT));
    if (status === 'illegal' || volumeId === null)
      throw new ConflictError(renderMessage(messages.DISKS_ILLEGAL, { ...EDIT, diskAliases: diskName }));
    if (gibToBytes(sizeGiB) <= disk.provisionedSize) throw new ConflictError(renderMessage(messages.NEW_DISK_SIZE_MUST_BE_LARGER, EDIT));
    await this.refuseBusyVms(disk, tx);
    const [domain] = await holdActiveDomains(tx, [storageDomainId], EDIT.action, EDIT.type);
    const bytes = gibToBytes(sizeGiB) - disk.provisionedSize;
    await consumeStorage(tx, { ...EDIT, quotaId: disk.quotaId, storageDomainId, bytes });
    await diskStatuses.move(tx, diskId, { from: 'ok', to: 'locked' });
    return { diskName, storageDomainId, volumeId, providerId: domain?.providerId ?? '' };
  }

  /** Once the disk is locked, no VM that has it plugged starts, and none plugs or unplugs it. Those that run may stop. */
  private async refuseBusyVms({ id: diskId, name }: Disk, tx: EntityManager): Promise<void> {
    const attachments = await tx.findBy(DiskAttachment, { diskId });
    for (const attachment of attachments) refuseLocked(attachment, 'edit');
    const plugged = attachments.filter((attachment) => attachment.plugged);
    const vms = await tx.findBy(Vm, { id: In(plugged.map(({ vmId }) => vmId)) });
    const live = vms.filter((vm) => modeOf(vm, 'edit') === 'live').map(({ id }) => id);
    const readOnly = plugged.find((attachment) => attachment.readOnly && live.includes(attachment.vmId));
    if (readOnly)
      throw new ConflictError(
        `Cannot edit Virtual Disk. The disk ${name} is read-only in a running VM: it can be resized when the VM is down.`,
      );
  }

  private async unlock({ diskId }: State, tx: EntityManager): Promise<void> {
    await diskStatuses.move(tx, diskId, { from: ['locked', 'illegal'], to: 'ok' }, { statusReason: null });
  }

  private async isExtended(values: State, ctx: StepContext): Promise<boolean | Partial<State>> {
    const sizeGiB = await this.sizes.extended(volumeOf(values), values.sizeGiB, ctx);
    return sizeGiB === undefined ? false : { sizeGiB };
  }

  /** The undo: what Cinder has made of the volume by now is the disk's size, and running guests see it. */
  private async settle(values: State, ctx: StepContext): Promise<void> {
    const sizeGiB = await this.sizes.settled(volumeOf(values), ctx);
    const { provisionedSize } = await this.db.findOneByOrFail(Disk, { id: values.diskId });
    if (sizeGiB === null || gibToBytes(sizeGiB) <= provisionedSize) return;
    await this.show(values, sizeGiB, ctx);
    await this.db.update(Disk, { id: values.diskId }, { provisionedSize: gibToBytes(sizeGiB) });
  }

  private async note({ diskId, diskName, storageDomainId, sizeGiB }: State, tx: EntityManager): Promise<void> {
    await tx.update(Disk, { id: diskId }, { provisionedSize: gibToBytes(sizeGiB) });
    const text = `The disk '${diskName}' was successfully extended to ${sizeGiB} GiB.`;
    await this.events.record('DISK_EXTENDED', text, { diskId, storageDomainId }, tx);
  }

  private async show({ diskId, diskName }: State, sizeGiB: number, { operationId }: StepContext): Promise<void> {
    const unaware = await this.guests.show({ diskId, sizeBytes: gibToBytes(sizeGiB), operationId });
    for (const { vmId, reason } of unaware) {
      const text = `A VM does not see the new size of the disk '${diskName}' before it is started anew: ${reason}`;
      await this.events.record('DISK_EXTEND_NOT_SHOWN', text, { diskId, vmId });
    }
  }
}
