import { Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager, In } from 'typeorm';
import { CopyLimitsService } from '../disks/copy-limits.service';
import { DiskSnapshot, type DiskSnapshotId } from '../disks/disk-snapshot.entity';
import { BackendError, IncompleteInputError, NotFoundError } from '../errors/domain.errors';
import type { RequestOrigin } from '../http/request-origin';
import { Nic } from '../networks/nic.entity';
import { endOf } from '../sagas/operation.end';
import { Vm } from '../vms/vm.entity';
import type { CreateSnapshot } from './create-snapshot.saga';
import { byName, disksInSnapshots, disksOfVms } from './disks.in-snapshots';
import { SnapshotCreationService } from './snapshot-creation.service';
import type { NewSnapshot, PreviewInput, RestoreInput } from './snapshot.input';
import { type DiskInSnapshot, type NicInSnapshot, type SnapshotView, activeView, takenView } from './snapshot.view';
import { VmSnapshot } from './vm-snapshot.entity';

/** How long (ms) a client is kept waiting that wants to wait. */
const CREATED_WITHIN_MS = 120_000;

/** Looks at VMs' snapshots, and begins what is done with them. Everything that begins an operation answers its id. */
@Injectable()
export class SnapshotsService {
  constructor(
    private readonly db: EntityManager,
    private readonly operations: Operations,
    private readonly limits: CopyLimitsService,
    private readonly creation: SnapshotCreationService,
  ) {}

  /** Oldest first; the VM as it is now last. @throws NotFoundError */
  async list(vmId: string): Promise<SnapshotView[]> {
    await this.vm(vmId);
    return this.ofVms([vmId]);
  }

  /** The snapshots of these VMs. */
  async ofVms(vmIds: readonly string[]): Promise<SnapshotView[]> {
    const where = { vmId: In([...vmIds]) };
    const [taken, vms] = await Promise.all([
      this.db.find(VmSnapshot, { where, order: { creationTime: 'ASC', id: 'ASC' } }),
      this.db.findBy(Vm, { id: In([...vmIds]) }),
    ]);
    const nameOf = new Map(vms.map(({ id, name }) => [id, name]));
    return [...taken.map((one) => takenView(one, nameOf.get(one.vmId) ?? '')), ...vms.map(activeView)];
  }

  /** @throws NotFoundError */
  async get(vmId: string, id: string): Promise<SnapshotView> {
    const vm = await this.vm(vmId);
    if (id === vmId) return activeView(vm);
    return takenView(await this.taken(vmId, id), vm.name);
  }

  /** The disks that a snapshot has. @throws NotFoundError */
  async disks(vmId: string, id: string): Promise<DiskInSnapshot[]> {
    await this.get(vmId, id);
    if (id === vmId) return disksOfVms(this.db, [vmId]);
    const images = await this.db.findBy(DiskSnapshot, { snapshotId: id });
    return (await disksInSnapshots(this.db, images)).sort(byName);
  }

  /** The interfaces that a VM had. @throws NotFoundError */
  async nics(vmId: string, id: string): Promise<NicInSnapshot[]> {
    if (id === vmId) return this.vm(vmId).then(() => this.db.find(Nic, { where: { vmId }, order: { name: 'ASC' } }));
    const { configuration } = await this.taken(vmId, id);
    return configuration.nics.map((nic) => ({ ...nic, vmId }));
  }

  /**
   * Begins to take a snapshot, and waits for its end if the client wants that. A VM that is down has no memory that could be kept.
   * @throws NotFoundError, ConflictError, IncompleteInputError, UnsupportedError, LimitExceededError; BackendError if it is waited for and fails
   */
  async add(vmId: string, input: NewSnapshot, origin: RequestOrigin, wait: boolean): Promise<SnapshotView> {
    const vm = await this.vm(vmId);
    const diskIds = this.chosen(input);
    await this.limits.check({ of: 'vm', id: vmId, diskIds }, { kind: 'snapshots', action: 'create', type: 'Snapshot' });
    const snapshotId = randomUUID();
    const state: CreateSnapshot = { vmId, vmName: vm.name, snapshotId, description: input.description, diskIds };
    const operation = await this.creation.start(vm, state, input.persist_memorystate === true, origin);
    const end = wait ? await endOf(this.operations, operation.id, CREATED_WITHIN_MS) : undefined;
    if (end?.status === 'failed') throw new BackendError(`Cannot create Snapshot. ${end.reason}`);
    return this.get(vmId, snapshotId);
  }

  /** @param diskSnapshotId for what the snapshot has of one disk only @throws NotFoundError, ConflictError */
  async remove(vmId: string, id: string, origin: RequestOrigin, diskSnapshotId: DiskSnapshotId | null = null): Promise<string> {
    const names = await this.names(vmId, id);
    return this.start('remove-snapshot', { ...names, diskSnapshotId }, vmId, origin);
  }

  /** Shows the VM as it was. @throws NotFoundError, ConflictError */
  async preview(vmId: string, { snapshot, disks, restore_memory: restoreMemory }: PreviewInput, origin: RequestOrigin): Promise<string> {
    if (snapshot.id === undefined) throw new IncompleteInputError('Action [snapshot.id] required for previewSnapshot');
    return this.beginPreview(vmId, snapshot.id, { disks, restoreMemory, commit: false }, origin);
  }

  /** Makes the VM what it was, for good. @throws NotFoundError, ConflictError */
  restore(vmId: string, id: string, { disks, restore_memory: restoreMemory }: RestoreInput, origin: RequestOrigin): Promise<string> {
    return this.beginPreview(vmId, id, { disks, restoreMemory, commit: true }, origin);
  }

  /** Makes the VM what it was before the preview. @throws NotFoundError, ConflictError */
  async undo(vmId: string, origin: RequestOrigin): Promise<string> {
    const { name: vmName } = await this.vm(vmId);
    return this.start('undo-preview', { vmId, vmName }, vmId, origin);
  }

  /** Keeps what the preview shows. @throws NotFoundError, ConflictError */
  async commit(vmId: string, origin: RequestOrigin): Promise<string> {
    const { name: vmName } = await this.vm(vmId);
    return this.start('commit-snapshot', { vmId, vmName }, vmId, origin);
  }

  private async beginPreview(
    vmId: string,
    snapshotId: string,
    { disks, restoreMemory = false, commit }: { disks: PreviewInput['disks']; restoreMemory: boolean | undefined; commit: boolean },
    origin: RequestOrigin,
  ): Promise<string> {
    const names = await this.names(vmId, snapshotId);
    const diskIds = disks?.length ? disks.map(({ id }) => id) : null;
    await this.limits.check({ of: 'snapshot', id: snapshotId, diskIds }, { kind: 'volumes', action: 'preview', type: 'Snapshot' });
    const chosen = disks?.map((disk) => ({ diskId: disk.id, imageId: disk.image_id ?? null, snapshotId: disk.snapshot?.id ?? null }));
    const state = { ...names, beforeId: randomUUID(), chosen: chosen?.length ? chosen : null, restoreMemory, commit };
    return this.start('preview-snapshot', state, vmId, origin);
  }

  private chosen({ disk_attachments }: NewSnapshot): string[] | null {
    if (!disk_attachments?.length) return null;
    return disk_attachments.map(({ id, disk }) => {
      const diskId = disk?.id ?? id;
      if (diskId === undefined) throw new IncompleteInputError('Snapshot [diskAttachments.disk.id] required for add');
      return diskId;
    });
  }

  private async names(vmId: string, snapshotId: string) {
    const [{ name: vmName }, { description }] = await Promise.all([this.vm(vmId), this.get(vmId, snapshotId)]);
    return { vmId, vmName, snapshotId, description };
  }

  private async vm(id: string): Promise<Vm> {
    const vm = await this.db.findOneBy(Vm, { id });
    if (!vm) throw new NotFoundError('VM', id);
    return vm;
  }

  private async taken(vmId: string, id: string): Promise<VmSnapshot> {
    const snapshot = await this.db.findOneBy(VmSnapshot, { id, vmId });
    if (!snapshot) throw new NotFoundError('Snapshot', id);
    return snapshot;
  }

  private async start(saga: string, state: object, vmId: string, origin: RequestOrigin): Promise<string> {
    return (await this.operations.start(saga, state, { ...origin, subjects: [{ type: 'vm', id: vmId }] })).id;
  }
}
