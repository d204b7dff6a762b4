import { messages, renderMessage } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { brokenUniqueConstraint } from '../database/constraint.violation';
import { findRow, updateGiven } from '../database/row.access';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { Vm } from '../vms/vm.entity';
import { allocateMac } from './mac-address.allocation';
import { Network } from './network.entity';
import { Nic } from './nic.entity';
import type { ChangedNic, NewNic } from './nic.input';
import { VnicProfile } from './vnic-profile.entity';

const TYPE = 'Interface';

const refuseUsedName =
  (action: string) =>
  (error: unknown): never => {
    if (!brokenUniqueConstraint(error)) throw error;
    throw new ConflictError(`Cannot ${action} ${TYPE}. The Network Interface name is already in use.`, { cause: error });
  };

/** The interfaces of VMs. They are kept and shown; guests do not see them yet. */
@Injectable()
export class NicsService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
  ) {}

  /** @throws NotFoundError if there is no such VM */
  async list(vmId: string): Promise<Nic[]> {
    await findRow(this.db, Vm, 'VM', { id: vmId });
    return this.db.find(Nic, { where: { vmId }, order: { name: 'ASC' } });
  }

  /** @throws NotFoundError */
  get(vmId: string, id: string): Promise<Nic> {
    return findRow(this.db, Nic, TYPE, { id, vmId });
  }

  /** Without an address in the input it gets the lowest free one of its cluster's pool. @throws NotFoundError, ConflictError */
  async add(vmId: string, input: NewNic): Promise<Nic> {
    const { name, interface: model = 'virtio', linked = true, plugged = true, mac, vnic_profile } = input;
    const id = randomUUID();
    await this.db.transaction(async (tx) => {
      const { vm, cluster } = await this.unlockedVm(tx, vmId, 'add');
      const vnicProfileId = await this.profileFor(tx, cluster, vnic_profile?.id ?? null, 'add');
      const { macPoolId } = cluster;
      const address = await allocateMac(tx, { macPoolId, wanted: mac?.address, action: 'add' });
      const row = { id, vmId, name, interface: model, mac: address, macPoolId, vnicProfileId, linked, plugged };
      await tx.insert(Nic, row).catch(refuseUsedName('add'));
      await this.events.record('NIC_ADDED', `Interface ${name} was added to VM ${vm.name}.`, { vmId }, tx);
    });
    return this.get(vmId, id);
  }

  /** An empty vnic_profile disconnects it. @throws NotFoundError, ConflictError */
  async update(vmId: string, id: string, input: ChangedNic): Promise<Nic> {
    const { name, interface: model, linked, plugged, mac, vnic_profile } = input;
    const { macPoolId, name: oldName } = await this.get(vmId, id);
    await this.db.transaction(async (tx) => {
      const { vm, cluster } = await this.unlockedVm(tx, vmId, 'edit');
      const vnicProfileId = vnic_profile && (await this.profileFor(tx, cluster, vnic_profile.id ?? null, 'edit'));
      const wanted = mac?.address;
      const address = wanted && (await allocateMac(tx, { macPoolId, wanted, keptBy: id, action: 'edit' }));
      const changes = { name, interface: model, linked, plugged, vnicProfileId, mac: address };
      await updateGiven(tx, Nic, { id }, changes).catch(refuseUsedName('edit'));
      await this.events.record('NIC_UPDATED', `Interface ${name ?? oldName} of VM ${vm.name} was updated.`, { vmId }, tx);
    });
    return this.get(vmId, id);
  }

  /** @throws NotFoundError, ConflictError */
  async remove(vmId: string, id: string): Promise<void> {
    const { name } = await this.get(vmId, id);
    await this.db.transaction(async (tx) => {
      const { vm } = await this.unlockedVm(tx, vmId, 'remove');
      await tx.delete(Nic, { id });
      await this.events.record('NIC_REMOVED', `Interface ${name} was removed from VM ${vm.name}.`, { vmId }, tx);
    });
  }

  private async unlockedVm(tx: EntityManager, id: string, action: string): Promise<{ vm: Vm; cluster: Cluster }> {
    const vm = await findRow(tx, Vm, 'VM', { id });
    if (vm.status === 'image_locked') throw new ConflictError(renderMessage(messages.VM_LOCKED, { action, type: TYPE }));
    return { vm, cluster: await findRow(tx, Cluster, 'Cluster', { id: vm.clusterId }) };
  }

  /** A profile whose network is in the VM's data center. */
  private async profileFor(tx: EntityManager, { dataCenterId }: Cluster, id: string | null, action: string): Promise<string | null> {
    if (id === null) return null;
    const { networkId } = await findRow(tx, VnicProfile, 'Vnic Profile', { id });
    const { vmNetwork, name } = await findRow(tx, Network, 'Network', { id: networkId, dataCenterId }).catch(() => {
      throw new ConflictError(
        `Cannot ${action} ${TYPE}. The specified VM network interface profile doesn't exist in the VM's Data Center.`,
      );
    });
    if (!vmNetwork) throw new ConflictError(`Cannot ${action} ${TYPE}. ${name} is not a VM network.`);
    return id;
  }
}
