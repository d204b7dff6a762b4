import type { ReferenceInput } from '@clinker/ovirt-api';
import { type Operation, Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import type { Blueprint } from '../blueprints/blueprint';
import { blueprintOfSnapshot } from '../blueprints/snapshot.blueprint';
import { blueprintOfTemplate } from '../blueprints/template.blueprint';
import { blueprintOfVm } from '../blueprints/vm.blueprint';
import { Cluster } from '../clusters/cluster.entity';
import { findRow, referred, refuseUsedName } from '../database/row.access';
import type { NewAttachment } from '../disk-attachments/disk-attachment.input';
import type { DiskCopy } from '../disk-copies/disk-copy';
import { CopyLimitsService } from '../disks/copy-limits.service';
import type { DiskId } from '../disks/disk.entity';
import { DiskAttachmentsService, attachmentIds } from '../disk-attachments/disk-attachments.service';
import { UnsupportedError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import type { RequestOrigin } from '../http/request-origin';
import { withSizeOfType } from '../instance-types/instance-type.size';
import type { Sealed } from '../initialization/kept.initialization';
import { permitCreator } from '../permissions/creator.permission';
import { assignVm } from '../quotas/consumers';
import { endFault, settlementOf } from '../sagas/operation.end';
import { BLANK_TEMPLATE_ID } from '../templates/template.entity';
import { findTemplate } from '../templates/template.lookup';
import { placementHostIds } from './placement.policy';
import { Vm } from './vm.entity';
import type { AddVm } from './vm.input';
import { lockVm } from './vm.lock';
import { type NewVm, recordVm } from './vm.record';
import { type AskedSettings, type VmSettings, settingsOf } from './vm.settings';

const ADD = { action: 'add', type: 'VM' };

/** How long (ms) a client is kept waiting that wants to wait. */
const CREATED_WITHIN_MS = 120_000;

/** How a VM is to be made. */
export interface AddOptions {
  /** It is to be independent of its template. */
  readonly clone?: boolean;
  /** The caller waits until its disks are there. */
  readonly wait?: boolean;
}

/** A VM that has been begun, and the operation that makes its disks if it gets any. */
export interface BegunVm {
  readonly id: string;
  readonly operation: Operation | undefined;
  readonly copies: readonly BegunDisk[];
}

/** A disk that is being made, and of which it is a copy. */
export interface BegunDisk {
  readonly copy: DiskCopy;
  readonly sourceDiskId: DiskId;
}

/** Adds VMs: from nothing, from templates, from snapshots, and as clones of others. */
@Injectable()
export class VmAdder {
  constructor(
    private readonly db: EntityManager,
    private readonly operations: Operations,
    private readonly attachments: DiskAttachmentsService,
    private readonly limits: CopyLimitsService,
  ) {}

  /**
   * A new VM with copies of its template's disks, or of those of a snapshot, and with disks that exist already. It is down at once if there
   * is nothing to copy, and locked until its disks are there.
   * @throws NotFoundError, ConflictError, InvalidInputError, UnsupportedError; BackendError if it is waited for and fails
   */
  async add(input: Sealed<AddVm>, origin: RequestOrigin, { clone = false, wait = false }: AddOptions = {}): Promise<Vm> {
    await this.checkLimits(input);
    const begun = await this.db.transaction((tx) => this.begin(input, origin, clone, tx)).catch(refuseUsedName('add', 'VM'));
    return this.after(begun, wait);
  }

  /** A copy of a VM as it is now, which may run. @throws as {@link add} */
  async clone(vmId: string, name: string, origin: RequestOrigin, wait: boolean): Promise<Vm> {
    await this.limits.check({ of: 'vm', id: vmId }, { kind: 'volumes', action: 'clone', type: 'VM' });
    const begun = await this.db
      .transaction(async (tx) => {
        const vm = await lockVm(tx, vmId);
        const blueprint = await blueprintOfVm(tx, vm, { action: 'clone', type: 'VM' });
        const settings = { ...blueprint.settings, deleteProtected: false };
        const wanted = {
          name,
          clusterId: vm.clusterId,
          templateId: vm.templateId,
          settings,
          quotaId: vm.quotaId,
          instanceTypeId: vm.instanceTypeId,
          placementHostIds: vm.placementHostIds,
        };
        return this.record(wanted, blueprint, { saga: 'clone-vm', source: `VM ${vm.name}`, origin }, tx);
      })
      .catch(refuseUsedName('add', 'VM'));
    return this.after(begun, wait);
  }

  /**
   * Begins one for a pool, as part of the caller's transaction. Template and cluster are those that the caller has found. It is not highly
   * available: its pool decides what runs.
   */
  async fromTemplate(wanted: Omit<NewVm, 'settings'>, origin: RequestOrigin, tx: EntityManager): Promise<BegunVm> {
    const blueprint = await blueprintOfTemplate(tx, wanted.templateId, ADD);
    const settings = { ...newSettings(blueprint.settings, {}), highlyAvailable: false };
    const { name } = await findTemplate(tx, { id: wanted.templateId });
    return this.record({ ...wanted, settings }, blueprint, { saga: 'create-vm', source: `Template ${name}`, origin }, tx);
  }

  private async checkLimits({ template, snapshots }: Pick<AddVm, 'template' | 'snapshots'>): Promise<void> {
    const wanted = { kind: 'volumes', ...ADD } as const;
    const snapshotId = snapshots?.[0]?.id;
    if (snapshotId !== undefined) return this.limits.check({ of: 'snapshot', id: snapshotId }, wanted);
    const { id } = await findTemplate(this.db, template);
    if (id !== BLANK_TEMPLATE_ID) await this.limits.check({ of: 'template', id }, wanted);
  }

  private async begin(input: Sealed<AddVm>, origin: RequestOrigin, clone: boolean, tx: EntityManager): Promise<BegunVm> {
    const { id: clusterId } = await this.cluster(input.cluster, tx);
    const template = await findTemplate(tx, input.template);
    const snapshotId = input.snapshots?.[0]?.id ?? null;
    const blueprint =
      snapshotId === null ? await blueprintOfTemplate(tx, template.id, ADD) : await blueprintOfSnapshot(tx, snapshotId, ADD);
    const templateId = clone || snapshotId !== null ? BLANK_TEMPLATE_ID : template.id;
    const { sized, instanceTypeId } = await withSizeOfType(tx, input);
    const settings = newSettings(blueprint.settings, sized);
    const hostIds = await placementHostIds(tx, input);
    const wanted = { name: input.name, clusterId, templateId, settings, instanceTypeId, placementHostIds: hostIds };
    const given = (input.disk_attachments ?? []).filter(({ disk }) => !blueprint.disks.some(({ source }) => source.disk.id === disk.id));
    const source = snapshotId === null ? `Template ${template.name}` : `snapshot ${snapshotId}`;
    const begun = await this.record(wanted, blueprint, { saga: 'create-vm', source, snapshotId, given, origin }, tx);
    await assignVm(tx, { id: begun.id, clusterId }, input.quota);
    return begun;
  }

  private async record(
    wanted: NewVm,
    blueprint: Blueprint,
    { saga, source, snapshotId = null, given = [], origin }: Making,
    tx: EntityManager,
  ): Promise<BegunVm> {
    const { id, copies } = await recordVm(tx, wanted, blueprint, origin.ownerId);
    const begun = { id, copies: copies.map((copy, index) => ({ copy, sourceDiskId: blueprint.disks[index]!.source.disk.id })) };
    await permitCreator(tx, origin.ownerId, 'vm', id);
    for (const attachment of given) await this.attachDisk(id, attachment, origin, tx);
    await new EventsService(tx).record('VM_ADDED', `VM ${wanted.name} was created.`, { vmId: id, clusterId: wanted.clusterId }, tx);
    if (copies.length === 0) return { ...begun, operation: undefined };
    const state = { vmId: id, vmName: wanted.name, source, snapshotId, copies };
    const operation = await this.operations.start(saga, state, { ...origin, subjects: [{ type: 'vm', id }] }, tx);
    return { ...begun, operation };
  }

  private async after({ id, operation }: Pick<BegunVm, 'id' | 'operation'>, wait: boolean): Promise<Vm> {
    const end = operation && wait ? await settlementOf(this.operations, operation.id, CREATED_WITHIN_MS) : undefined;
    if (end?.status === 'failed') throw endFault(end.reason, 'Cannot add VM.');
    return findRow(this.db, Vm, 'VM', { id });
  }

  private async attachDisk(vmId: string, input: NewAttachment, origin: RequestOrigin, tx: EntityManager): Promise<void> {
    const { id } = input.disk;
    if (id === undefined)
      throw new UnsupportedError('Cannot add VM. Only disks that exist can come with a new VM; add others to its diskattachments.');
    await this.attachments.attach(attachmentIds(vmId, id), input, origin, tx);
  }

  private cluster({ id, name }: ReferenceInput, tx: EntityManager): Promise<Cluster> {
    return findRow(tx, Cluster, 'Cluster', referred({ id, name }));
  }
}

/** How a VM's disks come to be. */
interface Making {
  readonly saga: 'create-vm' | 'clone-vm';
  /** For people. */
  readonly source: string;
  readonly snapshotId?: string | null;
  /** Disks that exist, to be attached. */
  readonly given?: readonly NewAttachment[];
  readonly origin: RequestOrigin;
}

/** Texts and protection are each VM's own. */
const newSettings = (settings: VmSettings, input: AskedSettings): VmSettings =>
  settingsOf({ ...settings, description: '', comment: '', deleteProtected: false }, input, 'add');
