import { type ReferenceInput, messages, renderMessage } from '@clinker/ovirt-api';
import { Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { DataCenter } from '../data-centers/data-center.entity';
import type { NewAttachment } from '../disk-attachments/disk-attachment.input';
import { DiskAttachmentsService, attachmentIds } from '../disk-attachments/disk-attachments.service';
import { brokenUniqueConstraint } from '../database/constraint.violation';
import { ConflictError, NotFoundError, UnsupportedError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { Host } from '../hosts/host.entity';
import type { RequestOrigin } from '../http/request-origin';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { Template } from '../templates/template.entity';
import { RUNNING, operationInProgress, statusConflict } from './vm.conflicts';
import { Vm } from './vm.entity';
import type { AddVm, UpdateVm } from './vm.input';
import { lockVm } from './vm.lock';
import { BLANK_SETTINGS, LIVE_SETTINGS, changedSettings, settingsOf } from './vm.settings';

const SEARCHABLE: Searchable = {
  fields: {
    id: 'vm.id',
    name: 'vm.name',
    description: 'vm.description',
    comment: 'vm.comment',
    status: 'vm.status',
    type: 'vm.type',
    memory: 'vm.memory',
    os: 'vm.os_type',
    creationdate: 'vm.creation_time',
    cluster: 'cluster.name',
    'cluster.name': 'cluster.name',
    datacenter: 'data_center.name',
    'datacenter.name': 'data_center.name',
    host: "coalesce(host.name, '')",
    'host.name': "coalesce(host.name, '')",
    'hosts.name': "coalesce(host.name, '')",
    template: 'template.name',
    'template.name': 'template.name',
    'templates.name': 'template.name',
    pool: "''",
    tag: "''",
  },
  defaultSort: 'vm.name',
  freeText: ['name', 'description', 'comment'],
};

/** Looks at VMs, adds, changes and removes them. */
@Injectable()
export class VmsService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
    private readonly operations: Operations,
    private readonly disks: DiskAttachmentsService,
  ) {}

  list(query: ListQuery): Promise<Vm[]> {
    const builder = this.db
      .createQueryBuilder(Vm, 'vm')
      .innerJoin(Cluster, 'cluster', 'cluster.id = vm.cluster_id')
      .innerJoin(DataCenter, 'data_center', 'data_center.id = cluster.data_center_id')
      .innerJoin(Template, 'template', 'template.id = vm.template_id')
      .leftJoin(Host, 'host', 'host.id = vm.host_id');
    return applySearch(builder, SEARCHABLE, query).getMany();
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<Vm> {
    const vm = await this.db.findOneBy(Vm, { id });
    if (!vm) throw new NotFoundError('VM', id);
    return vm;
  }

  /** A new VM, down, with disks that exist already. @throws NotFoundError, ConflictError, InvalidInputError, UnsupportedError */
  async add(input: AddVm, origin: RequestOrigin): Promise<Vm> {
    const settings = settingsOf(BLANK_SETTINGS, input, 'add');
    if (input.snapshots?.length) throw new UnsupportedError('Cannot add VM. A VM cannot be made from a snapshot.');
    const id = randomUUID();
    await this.unique('add', () =>
      this.db.transaction(async (tx) => {
        const [clusterId, templateId] = [await this.clusterId(input.cluster, tx), await this.templateId(input.template, tx)];
        await tx.insert(Vm, {
          id,
          name: input.name,
          clusterId,
          templateId,
          ...settings,
          status: 'down',
          stopReason: '',
          stateless: false,
          creationTime: new Date(),
        });
        await this.events.record('VM_ADDED', `VM ${input.name} was created.`, { vmId: id, clusterId }, tx);
        for (const attachment of input.disk_attachments ?? []) await this.attachDisk(id, attachment, origin, tx);
      }),
    );
    return this.get(id);
  }

  /** Changes a VM: texts at any time, the rest while it is down. @throws NotFoundError, ConflictError, InvalidInputError, UnsupportedError */
  async update(id: string, input: UpdateVm): Promise<Vm> {
    await this.unique('edit', () =>
      this.db.transaction(async (tx) => {
        const vm = await lockVm(tx, id);
        const settings = settingsOf(vm, input, 'edit');
        const clusterId = input.cluster ? await this.clusterId(input.cluster, tx) : vm.clusterId;
        const needDown = changedSettings(vm, settings).filter((key) => !LIVE_SETTINGS.includes(key));
        if (vm.status !== 'down' && (needDown.length > 0 || clusterId !== vm.clusterId)) throw this.notDown(vm);
        const name = input.name ?? vm.name;
        await tx.update(Vm, { id }, { ...settings, name, clusterId });
        await this.events.record('VM_UPDATED', `VM ${name} was updated.`, { vmId: id, clusterId }, tx);
      }),
    );
    return this.get(id);
  }

  /**
   * Removes a VM that is down, and its disks unless they are to be kept.
   * @returns the operation's id
   * @throws NotFoundError, ConflictError
   */
  async remove(id: string, keepDisks: boolean, origin: RequestOrigin): Promise<string> {
    const { name } = await this.get(id);
    const state = { vmId: id, vmName: name, keepDisks, ownerId: origin.ownerId };
    const operation = await this.operations.start('remove-vm', state, { ...origin, subjects: [{ type: 'vm', id }] });
    return operation.id;
  }

  private async attachDisk(vmId: string, input: NewAttachment, origin: RequestOrigin, tx: EntityManager): Promise<void> {
    const { id } = input.disk;
    if (id === undefined)
      throw new UnsupportedError('Cannot add VM. Only disks that exist can come with a new VM; add others to its diskattachments.');
    await this.disks.attach(attachmentIds(vmId, id), input, origin, tx);
  }

  private notDown(vm: Vm): ConflictError {
    if (!RUNNING.includes(vm.status)) return vm.status === 'image_locked' ? statusConflict('edit', vm) : operationInProgress('edit');
    return new ConflictError(`Cannot edit VM. VM is running: only its name, description, comment and protection can be changed now.`);
  }

  private async clusterId({ id, name }: ReferenceInput, tx: EntityManager): Promise<string> {
    const cluster = await tx.findOneBy(Cluster, id !== undefined ? { id } : { name: name ?? '' });
    if (!cluster) throw new NotFoundError('Cluster', id ?? name ?? '');
    return cluster.id;
  }

  private async templateId({ id, name }: ReferenceInput, tx: EntityManager): Promise<string> {
    const template = await tx.findOneBy(Template, id !== undefined ? { id } : { name: name ?? '' });
    if (!template) throw new NotFoundError('Template', id ?? name ?? '');
    return template.id;
  }

  private async unique(action: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (brokenUniqueConstraint(error) === undefined) throw error;
      throw new ConflictError(renderMessage(messages.NAME_ALREADY_USED, { action, type: 'VM' }), { cause: error });
    }
  }
}
