import type { ReferenceInput } from '@clinker/ovirt-api';
import { Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { leaveAffinityGroups } from '../affinity-groups/affinity.query';
import { userFields } from '../accounts/account.columns';
import { Cluster } from '../clusters/cluster.entity';
import { clusterFields } from '../clusters/cluster.columns';
import { dataCenterFields } from '../data-centers/data-center.columns';
import { referred, refuseUsedName } from '../database/row.access';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { rememberedByIds } from '../database/rows.by-ids';
import { SecretBox } from '../encryption/secret-box';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { diskFields } from '../disks/disk.columns';
import { eventFields } from '../events/event.columns';
import { EventsService } from '../events/events.service';
import { hostFields } from '../hosts/host.columns';
import type { RequestOrigin } from '../http/request-origin';
import { withSizeOfType } from '../instance-types/instance-type.size';
import { type Sealed, withSealedPassword } from '../initialization/kept.initialization';
import { nicFields } from '../networks/nic.columns';
import type { ListQuery } from '../search/list-query';
import { assignVm } from '../quotas/consumers';
import { rememberedList } from '../search/remembered.list';
import type { Searchable } from '../search/search.sql';
import { storageDomainFields } from '../storage-domains/storage-domain.columns';
import { templateFields } from '../templates/template.columns';
import { placementHostIds } from './placement.policy';
import { vmFields } from './vm.columns';
import { ASLEEP, RUNNING, operationInProgress, statusConflict } from './vm.conflicts';
import { Vm } from './vm.entity';
import type { AddVm, UpdateVm } from './vm.input';
import { lockVm } from './vm.lock';
import { changesOf } from './vm.next-run';
import { VmRestarts } from './vm-restarts.service';

const ATTACHED = 'disk_attachment da JOIN disk d ON d.id = da.disk_id';

const OF_A_POOL = 'Cannot edit VM. A VM of a pool cannot be highly available: its pool decides which of them run.';

function refuseOfPool({ vmPoolId }: Vm, { high_availability: asked }: UpdateVm): void {
  if (asked?.enabled && vmPoolId !== null) throw new ConflictError(OF_A_POOL);
}

const SEARCHABLE: Searchable = {
  fields: vmFields('vm'),
  references: {
    cluster: { from: 'cluster c WHERE c.id = vm.cluster_id', fields: clusterFields('c') },
    datacenter: {
      from: 'cluster c JOIN data_center dc ON dc.id = c.data_center_id WHERE c.id = vm.cluster_id',
      fields: dataCenterFields('dc'),
    },
    host: { from: 'host h WHERE h.id = vm.host_id', fields: hostFields('h') },
    template: { from: 'template t WHERE t.id = vm.template_id', fields: templateFields('t') },
    disk: { from: `${ATTACHED} WHERE da.vm_id = vm.id`, fields: diskFields('d') },
    storage: {
      from: `${ATTACHED} JOIN storage_domain sd ON sd.id = d.storage_domain_id WHERE da.vm_id = vm.id`,
      fields: storageDomainFields('sd'),
    },
    user: { from: 'permission p JOIN account u ON u.id = p.account_id WHERE p.object_id = vm.id', fields: userFields('u') },
    vnic: { from: 'nic n WHERE n.vm_id = vm.id', fields: nicFields('n') },
    event: { from: 'event e WHERE e.vm_id = vm.id', fields: eventFields('e') },
  },
  defaultSort: 'name',
  freeText: ['name', 'description', 'comment'],
};

const vmsByIds = rememberedByIds(Vm);

/** Looks at VMs, changes and removes them. */
@Injectable()
export class VmsService {
  constructor(
    private readonly db: EntityManager,
    private readonly operations: Operations,
    private readonly box: SecretBox,
    private readonly restarts: VmRestarts,
  ) {}

  list(query: ListQuery): Promise<readonly Vm[]> {
    return rememberedList(this.db, [Vm, 'vm'], SEARCHABLE, query);
  }

  /** VMs by their ids; those that are gone are left out. */
  byIds(ids: readonly string[]): Promise<readonly Vm[]> {
    return vmsByIds(this.db, ids);
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<Vm> {
    const vm = await this.db.findOneBy(Vm, { id });
    if (!vm) throw new NotFoundError('VM', id);
    return vm;
  }

  /**
   * Changes a VM. What a running one cannot take at once waits until its run ends; its name changes at once in any case, as others may want it.
   * @param nextRun that the settings are to wait, if it runs
   * @throws NotFoundError, ConflictError, InvalidInputError, UnsupportedError
   */
  async update(id: string, input: UpdateVm, nextRun = false): Promise<Vm> {
    await this.db
      .transaction(async (tx) => {
        const vm = await lockVm(tx, id);
        const { sized, instanceTypeId } = await withSizeOfType(tx, input, vm.instanceTypeId);
        refuseOfPool(vm, input);
        const changes = changesOf(vm, withSealedPassword(this.box, sized), nextRun);
        const hostIds = await placementHostIds(tx, input, vm.placementHostIds);
        const clusterId = input.cluster ? await this.clusterId(input.cluster, tx) : vm.clusterId;
        if (vm.status === 'image_locked' && changes.nextRun) throw statusConflict('edit', vm);
        if (vm.status !== 'down' && clusterId !== vm.clusterId) throw this.notDown(vm);
        const name = input.name ?? vm.name;
        await tx.update(Vm, { id }, { ...changes, name, clusterId, instanceTypeId, placementHostIds: hostIds });
        await this.restarts.changed({ ...vm, highlyAvailable: changes.highlyAvailable }, tx);
        if (clusterId !== vm.clusterId) await leaveAffinityGroups(tx, 'vm', id, clusterId);
        await assignVm(tx, { id, clusterId }, input.quota);
        await new EventsService(tx).record('VM_UPDATED', `VM ${name} was updated.`, { vmId: id, clusterId }, tx);
      })
      .catch(refuseUsedName('edit', 'VM'));
    return this.get(id);
  }

  /**
   * Removes a VM that is down, and its disks unless they are to be kept. One with disks to remove is shown, locked, until they are gone.
   * @returns the operation's id
   * @throws NotFoundError, ConflictError
   */
  async remove(id: string, keepDisks: boolean, origin: RequestOrigin): Promise<string> {
    const { name } = await this.get(id);
    const about = { ...origin, subjects: [{ type: 'vm', id }] };
    const hasDisks = !keepDisks && (await this.db.existsBy(DiskAttachment, { vmId: id }));
    const state = { vmId: id, vmName: name, ...(hasDisks ? { ownerId: origin.ownerId } : {}) };
    return (await this.operations.start(hasDisks ? 'remove-vm-with-disks' : 'remove-vm', state, about)).id;
  }

  /** {@link VmRestarts.cancel} @throws NotFoundError */
  keepDown(id: string): Promise<boolean> {
    return this.restarts.cancel(id);
  }

  /** A new VM as it may be handed on: its password sealed. */
  sealed(input: AddVm): Sealed<AddVm> {
    return withSealedPassword(this.box, input);
  }

  private notDown(vm: Vm): ConflictError {
    if (!RUNNING.includes(vm.status) && !ASLEEP.includes(vm.status))
      return vm.status === 'image_locked' ? statusConflict('edit', vm) : operationInProgress('edit');
    return new ConflictError(`Cannot edit VM. The Cluster of a VM can be changed while the VM is down.`);
  }

  private async clusterId({ id, name }: ReferenceInput, tx: EntityManager): Promise<string> {
    const cluster = await tx.findOneBy(Cluster, referred({ id, name }));
    if (!cluster) throw new NotFoundError('Cluster', id ?? name ?? '');
    return cluster.id;
  }
}
