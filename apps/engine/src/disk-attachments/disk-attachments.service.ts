import { messages, renderMessage } from '@clinker/ovirt-api';
import { type Operation, Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { rememberedBy } from '../database/remembered.rows';
import { refuseBusySnapshots, refuseSnapshots } from '../disks/disk-snapshot.rules';
import { Disk, type DiskId } from '../disks/disk.entity';
import type { NewDisk } from '../disks/disk.input';
import { DisksService } from '../disks/disks.service';
import { BackendError, ConflictError, IncompleteInputError, NotFoundError } from '../errors/domain.errors';
import type { EventKind } from '../events/event.kinds';
import { EventsService } from '../events/events.service';
import type { RequestOrigin } from '../http/request-origin';
import { type OperationEnd, endFault, endOf, settlementOf } from '../sagas/operation.end';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { holdActiveDomains } from '../storage-domains/domain.lock';
import { Vm } from '../vms/vm.entity';
import { lockVm } from '../vms/vm.lock';
import { DiskAttachment } from './disk-attachment.entity';
import type { ChangedAttachment, NewAttachment } from './disk-attachment.input';
import {
  type AttachmentSettings,
  USUAL_SETTINGS,
  refuseOtherDataCenter,
  refuseOtherUse,
  refuseSecondBootable,
  settingsOf,
} from './disk-attachment.rules';
import { attachmentOf, lockDisk, refuseUnusable } from './disk-in-vm';
import { modeOf, refuseLocked } from './hot-plug.rules';
import type { PlugDisk } from './plug-disk.saga';
import type { UnplugDisk } from './unplug-disk.saga';

/** How long (ms) a client waits for a disk to be plugged or unplugged, as in oVirt, where both are synchronous. */
const HOT_PLUG_WITHIN_MS = 60_000;

/** How long (ms) a client waits for a new disk that wants to wait. */
const CREATED_WITHIN_MS = 120_000;

/** A VM and one of its disks, as a request names them. */
export interface AttachmentIds {
  readonly vmId: string;
  readonly diskId: DiskId;
}

/** The ids in a request's path. */
export const attachmentIds = (vmId: string, diskId: string): AttachmentIds => ({ vmId, diskId: diskId as DiskId });

/** What became of a request: how the operation that it started stands now, if it needed one. */
export interface Attached {
  readonly attachment: DiskAttachment;
  readonly status: OperationEnd['status'];
}

const subjectsOf = ({ vmId, diskId }: AttachmentIds) => [
  { type: 'disk', id: diskId },
  { type: 'vm', id: vmId },
];

const attachmentsOf = rememberedBy((db: EntityManager, vmIds: readonly string[]) =>
  db
    .createQueryBuilder(DiskAttachment, 'attachment')
    .innerJoin(Disk, 'disk', 'disk.id = attachment.disk_id')
    .where('attachment.vm_id = ANY(:vmIds::uuid[])', { vmIds })
    .orderBy('disk.name')
    .addOrderBy('disk.id'),
);

/** Looks at the disks of VMs, and attaches, activates and detaches them. */
@Injectable()
export class DiskAttachmentsService {
  constructor(
    private readonly db: EntityManager,
    private readonly disks: DisksService,
    private readonly operations: Operations,
    private readonly events: EventsService,
  ) {}

  /** The VM's disks in the order of their names. @throws NotFoundError */
  async list(vmId: string): Promise<readonly DiskAttachment[]> {
    if (!(await this.db.existsBy(Vm, { id: vmId }))) throw new NotFoundError('VM', vmId);
    return this.ofVms([vmId]);
  }

  /** The disks of these VMs in the order of their names. */
  ofVms(vmIds: readonly string[]): Promise<readonly DiskAttachment[]> {
    return attachmentsOf(this.db, vmIds);
  }

  /** @throws NotFoundError */
  get({ vmId, diskId }: AttachmentIds): Promise<DiskAttachment> {
    return attachmentOf(this.db, vmId, diskId);
  }

  /**
   * Attaches a disk, or makes a new one for the VM. If it is to be active and the VM runs, a disk that exists is plugged before this returns;
   * one that cannot be plugged is not attached.
   * @throws NotFoundError, ConflictError, IncompleteInputError, UnsupportedError, LimitExceededError, BackendError
   */
  async add(vmId: string, input: NewAttachment, origin: RequestOrigin, wait: boolean): Promise<Attached> {
    const { id } = input.disk;
    if (id === undefined) return this.create(vmId, input, origin, wait);
    const ids = { vmId, diskId: id as DiskId };
    const operation = await this.db.transaction((tx) => this.attach(ids, input, origin, tx));
    const status = operation ? await this.plugged(operation, messages.HOT_PLUG_FAILED.text) : 'finished';
    return { attachment: await this.get(ids), status };
  }

  /** Changes the attachment, and the disk with it. Activates and deactivates at once if the VM runs. @throws as {@link add} */
  async update(ids: AttachmentIds, input: ChangedAttachment, origin: RequestOrigin): Promise<DiskAttachment> {
    if (input.disk) await this.disks.changes.check(ids.diskId, input.disk);
    const operation = await this.db.transaction(async (tx) => {
      const vm = await lockVm(tx, ids.vmId);
      const attachment = await attachmentOf(tx, ids.vmId, ids.diskId);
      refuseLocked(attachment, 'edit');
      await this.change(attachment, vm, input, tx);
      if (input.disk) await this.disks.changes.apply(ids.diskId, input.disk, origin, tx);
      const { active } = input;
      return active === undefined || active === attachment.plugged ? undefined : this.switch(ids, vm, active, { origin, tx });
    });
    const text = input.active ? messages.HOT_PLUG_FAILED.text : messages.HOT_UNPLUG_FAILED.text;
    if (operation) await this.plugged(operation, text);
    return this.get(ids);
  }

  /**
   * Detaches a disk, and removes it for good unless it is to be kept. From a running VM it is unplugged first.
   * @returns the operation that does it, if one was needed, and how it stands
   * @throws NotFoundError, ConflictError, BackendError
   */
  async remove(
    ids: AttachmentIds,
    keepDisk: boolean,
    origin: RequestOrigin,
    wait: boolean,
  ): Promise<{ jobId: string | null; status: OperationEnd['status'] }> {
    const operation = await this.db.transaction((tx) => this.detach(ids, keepDisk, origin, tx));
    if (!operation) return { jobId: null, status: 'finished' };
    const isUnplug = operation.saga === 'unplug-disk';
    if (!wait) return { jobId: operation.id, status: 'pending' };
    const status = isUnplug ? await this.plugged(operation, messages.HOT_UNPLUG_FAILED.text) : await this.disks.removed(operation);
    return { jobId: operation.id, status };
  }

  /**
   * Attaches a disk that exists, as part of the caller's transaction.
   * @returns the operation that plugs it, if the VM runs and the disk is to be active
   * @throws NotFoundError, ConflictError, UnsupportedError
   */
  async attach(ids: AttachmentIds, input: NewAttachment, origin: RequestOrigin, tx: EntityManager): Promise<Operation | undefined> {
    const vm = await lockVm(tx, ids.vmId);
    const mode = modeOf(vm, 'attach');
    const disk = await lockDisk(tx, ids.diskId, 'attach');
    refuseUnusable(disk, 'attach');
    await refuseOtherUse(tx, disk, vm);
    const [domain] = await holdActiveDomains(tx, [disk.storageDomainId], 'attach', 'Virtual Disk');
    if (domain) await refuseOtherDataCenter(tx, vm, domain);
    const active = input.active ?? false;
    await this.insert(ids, vm, { ...settingsOf(USUAL_SETTINGS, input, 'attach'), plugged: active && mode === 'cold' }, tx);
    await this.note('DISK_ATTACHED', `The disk ${disk.name} was successfully attached to VM ${vm.name}.`, ids, tx);
    if (!active || mode === 'cold') return undefined;
    const state: PlugDisk = { ...ids, attachmentIsNew: true, vmName: vm.name, diskName: disk.name };
    return this.operations.start('plug-disk', state, { ...origin, subjects: subjectsOf(ids) }, tx);
  }

  private async create(vmId: string, input: NewAttachment, origin: RequestOrigin, wait: boolean): Promise<Attached> {
    const known = await this.db.findOneBy(Vm, { id: vmId });
    if (!known) throw new NotFoundError('VM', vmId);
    const count = await this.db.countBy(DiskAttachment, { vmId });
    const plan = await this.disks.plan(this.newDisk(input), `${known.name}_Disk${count + 1}`);
    const ids = { vmId, diskId: plan.disk.id as DiskId };
    const operation = await this.db.transaction(async (tx) => {
      const vm = await lockVm(tx, vmId);
      modeOf(vm, 'attach');
      await refuseOtherDataCenter(tx, vm, await tx.findOneByOrFail(StorageDomain, { id: plan.storageDomainId }));
      const started = await this.disks.create({ ...plan, activeInVmId: input.active ? vmId : null }, origin, tx);
      await this.insert(ids, vm, { ...settingsOf(USUAL_SETTINGS, input, 'attach'), plugged: false }, tx);
      await this.note('DISK_ATTACHED', `The disk ${plan.disk.name} was successfully attached to VM ${vm.name}.`, ids, tx);
      return started;
    });
    const end = wait ? await endOf(this.operations, operation.id, CREATED_WITHIN_MS) : undefined;
    if (end?.status === 'failed') throw endFault(end.reason, 'Cannot add Virtual Disk.');
    return { attachment: await this.get(ids), status: end?.status ?? 'pending' };
  }

  private newDisk({ disk }: NewAttachment): NewDisk {
    const { provisioned_size, format } = disk;
    if (provisioned_size !== undefined && format !== undefined) return { ...disk, id: undefined, provisioned_size, format };
    const missing = [...(provisioned_size === undefined ? ['disk.provisionedSize'] : []), ...(format === undefined ? ['disk.format'] : [])];
    throw new IncompleteInputError(`DiskAttachment [disk.id|${missing.join(', ')}] required for add`);
  }

  private async insert(ids: AttachmentIds, vm: Vm, row: AttachmentSettings & { plugged: boolean }, tx: EntityManager): Promise<void> {
    if (row.bootable) await refuseSecondBootable(tx, vm, 'attach');
    await tx.insert(DiskAttachment, { ...ids, ...row, status: 'ok' });
  }

  private async change(attachment: DiskAttachment, vm: Vm, input: ChangedAttachment, tx: EntityManager): Promise<void> {
    const settings = settingsOf(attachment, input, 'edit');
    const keys = Object.keys(settings) as (keyof AttachmentSettings)[];
    if (keys.every((key) => settings[key] === attachment[key])) return;
    if (attachment.plugged && modeOf(vm, 'edit') === 'live')
      throw new ConflictError(renderMessage(messages.VM_IS_NOT_DOWN, { action: 'edit', type: 'Virtual Disk' }));
    if (settings.bootable && !attachment.bootable) await refuseSecondBootable(tx, vm, 'edit');
    await tx.update(DiskAttachment, { vmId: attachment.vmId, diskId: attachment.diskId }, settings);
  }

  private async switch(
    ids: AttachmentIds,
    vm: Vm,
    active: boolean,
    { origin, tx }: { origin: RequestOrigin; tx: EntityManager },
  ): Promise<Operation | undefined> {
    const { name: diskName } = await tx.findOneByOrFail(Disk, { id: ids.diskId });
    if (modeOf(vm, active ? 'plug' : 'unplug') === 'live') {
      const state: PlugDisk | UnplugDisk = { ...ids, vmName: vm.name, diskName };
      return this.operations.start(active ? 'plug-disk' : 'unplug-disk', state, { ...origin, subjects: subjectsOf(ids) }, tx);
    }
    await tx.update(DiskAttachment, { vmId: ids.vmId, diskId: ids.diskId }, { plugged: active });
    const what = active ? 'plugged' : 'unplugged';
    await this.note(active ? 'DISK_PLUGGED' : 'DISK_UNPLUGGED', `VM ${vm.name} disk ${diskName} was ${what}.`, ids, tx);
    return undefined;
  }

  private async detach(ids: AttachmentIds, keepDisk: boolean, origin: RequestOrigin, tx: EntityManager): Promise<Operation | undefined> {
    const vm = await lockVm(tx, ids.vmId);
    const attachment = await attachmentOf(tx, ids.vmId, ids.diskId);
    refuseLocked(attachment, 'detach');
    const mode = modeOf(vm, 'detach');
    const disk = await lockDisk(tx, ids.diskId, 'detach');
    if (keepDisk) await refuseSnapshots(tx, disk, 'detach');
    else await refuseBusySnapshots(tx, disk, 'remove');
    if (attachment.plugged && mode === 'live') {
      const state: UnplugDisk = { ...ids, vmName: vm.name, diskName: disk.name, afterwards: keepDisk ? 'detach' : 'remove' };
      return this.operations.start('unplug-disk', state, { ...origin, subjects: subjectsOf(ids) }, tx);
    }
    await tx.delete(DiskAttachment, { vmId: ids.vmId, diskId: ids.diskId });
    await this.note('DISK_DETACHED', `Disk ${disk.name} was successfully detached from VM ${vm.name}.`, ids, tx);
    return keepDisk ? undefined : this.disks.remove(ids.diskId, origin, tx);
  }

  /** Waits until a hot plug or unplug has come about. @throws BackendError if it fails */
  private async plugged({ id, saga }: Operation, text: string): Promise<OperationEnd['status']> {
    const outcome = saga === 'plug-disk' ? settlementOf : endOf;
    const end = await outcome(this.operations, id, HOT_PLUG_WITHIN_MS);
    if (end.status === 'failed') throw new BackendError(`${text}: ${end.reason}`);
    return end.status;
  }

  private note(kind: EventKind, text: string, { vmId, diskId }: AttachmentIds, tx: EntityManager): Promise<void> {
    return this.events.record(kind, text, { vmId, diskId }, tx);
  }
}
