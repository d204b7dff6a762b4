import { type Message, messages, renderMessage } from '@clinker/ovirt-api';
import { type Operation, Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { findRow } from '../database/row.access';
import { modeOf } from '../disk-attachments/hot-plug.rules';
import { BackendError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import type { RequestOrigin } from '../http/request-origin';
import { type OperationEnd, endOf } from '../sagas/operation.end';
import { Vm } from '../vms/vm.entity';
import { lockVm } from '../vms/vm.lock';
import type { NicSettings } from './change-nic.saga';
import { LiveNics } from './live-nics.service';
import { allocateMac } from './mac-address.allocation';
import { Nic } from './nic.entity';
import type { ChangedNic, NewNic } from './nic.input';
import { NIC_TYPE, type NicAction, refuseLockedNic, refuseUsedNicName } from './nic.rules';
import { usableProfile } from './usable.profile';

/** How long (ms) a client waits for an interface to be plugged or unplugged, as in oVirt, where both are synchronous. */
const HOT_PLUG_WITHIN_MS = 60_000;

const settingsOf = ({ name, interface: model, mac, vnicProfileId, linked, plugged }: Nic): NicSettings => ({
  name,
  interface: model,
  mac,
  vnicProfileId,
  linked,
  plugged,
});

/** A VM whose interfaces may be changed now; its row is the transaction's own. */
interface ChangeableVm {
  readonly vm: Vm;
  readonly cluster: Cluster;
  readonly mode: 'live' | 'cold';
}

/** The interfaces of VMs. Those of running VMs are changed in the guest, before the client gets its answer. */
@Injectable()
export class NicsService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
    private readonly operations: Operations,
    private readonly live: LiveNics,
  ) {}

  /** @throws NotFoundError if there is no such VM */
  async list(vmId: string): Promise<Nic[]> {
    await findRow(this.db, Vm, 'VM', { id: vmId });
    return this.db.find(Nic, { where: { vmId }, order: { name: 'ASC' } });
  }

  /** @throws NotFoundError */
  get(vmId: string, id: string): Promise<Nic> {
    return findRow(this.db, Nic, NIC_TYPE, { id, vmId });
  }

  /**
   * Without an address in the input it gets the lowest free one of its cluster's pool. One that cannot be plugged into a running VM is not added.
   * @throws NotFoundError, ConflictError, BackendError
   */
  async add(vmId: string, input: NewNic, origin: RequestOrigin): Promise<Nic> {
    const { name, interface: model = 'virtio', linked = true, plugged = true, mac, vnic_profile } = input;
    const id = randomUUID();
    const operation = await this.db.transaction(async (tx) => {
      const { vm, cluster, mode } = await this.changeable(tx, vmId, 'add');
      const vnicProfileId = await usableProfile(tx, cluster, vnic_profile?.id ?? null, 'add');
      const { macPoolId } = cluster;
      const address = await allocateMac(tx, { macPoolId, wanted: mac?.address, action: 'add' });
      const after = { name, interface: model, mac: address, vnicProfileId, linked, plugged };
      if (plugged && mode === 'live') return this.live.change({ vm, id, macPoolId, before: null, after }, origin, tx);
      await tx.insert(Nic, { ...after, id, vmId, macPoolId }).catch(refuseUsedNicName('add'));
      await this.events.record('NIC_ADDED', `Interface ${name} was added to VM ${vm.name}.`, { vmId }, tx);
      return undefined;
    });
    if (operation) await this.end(operation, messages.NIC_PLUG_FAILED);
    return this.get(vmId, id);
  }

  /** An empty vnic_profile disconnects it. @throws NotFoundError, ConflictError, BackendError */
  async update(vmId: string, id: string, input: ChangedNic, origin: RequestOrigin): Promise<{ nic: Nic; status: OperationEnd['status'] }> {
    const operation = await this.db.transaction(async (tx) => {
      const { vm, cluster, mode } = await this.changeable(tx, vmId, 'edit');
      const nic = await this.unlocked(tx, vmId, id, 'edit');
      const [before, after] = [settingsOf(nic), await this.changed(tx, nic, cluster, input)];
      const { macPoolId } = nic;
      if (mode === 'live' && this.live.concerns(before, after)) return this.live.change({ vm, id, macPoolId, before, after }, origin, tx);
      await tx.update(Nic, { id }, after).catch(refuseUsedNicName('edit'));
      await this.events.record('NIC_UPDATED', `Interface ${after.name} of VM ${vm.name} was updated.`, { vmId }, tx);
      return undefined;
    });
    const status = operation ? await this.end(operation, failureOf(input)) : 'finished';
    return { nic: await this.get(vmId, id), status };
  }

  /** @returns how it stands @throws NotFoundError, ConflictError, BackendError */
  async remove(vmId: string, id: string, origin: RequestOrigin): Promise<OperationEnd['status']> {
    const operation = await this.db.transaction(async (tx) => {
      const { vm, mode } = await this.changeable(tx, vmId, 'remove');
      const nic = await this.unlocked(tx, vmId, id, 'remove');
      const { macPoolId, name } = nic;
      if (nic.plugged && mode === 'live') return this.live.change({ vm, id, macPoolId, before: settingsOf(nic), after: null }, origin, tx);
      await tx.delete(Nic, { id });
      await this.events.record('NIC_REMOVED', `Interface ${name} was removed from VM ${vm.name}.`, { vmId }, tx);
      return undefined;
    });
    return operation ? this.end(operation, messages.NIC_UNPLUG_FAILED) : 'finished';
  }

  private async changeable(tx: EntityManager, id: string, action: NicAction): Promise<ChangeableVm> {
    const vm = await lockVm(tx, id);
    const mode = modeOf(vm, action, NIC_TYPE);
    return { vm, mode, cluster: await findRow(tx, Cluster, 'Cluster', { id: vm.clusterId }) };
  }

  private async unlocked(tx: EntityManager, vmId: string, id: string, action: NicAction): Promise<Nic> {
    const nic = await findRow(tx, Nic, NIC_TYPE, { id, vmId });
    refuseLockedNic(nic, action);
    return nic;
  }

  private async changed(tx: EntityManager, nic: Nic, cluster: Cluster, input: ChangedNic): Promise<NicSettings> {
    const { name = nic.name, interface: model = nic.interface, linked = nic.linked, plugged = nic.plugged, mac, vnic_profile } = input;
    const vnicProfileId = vnic_profile ? await usableProfile(tx, cluster, vnic_profile.id ?? null, 'edit') : nic.vnicProfileId;
    const { macPoolId, id: keptBy } = nic;
    const wanted = mac?.address;
    const address = wanted === undefined ? nic.mac : await allocateMac(tx, { macPoolId, wanted, keptBy, action: 'edit' });
    return { name, interface: model, linked, plugged, vnicProfileId, mac: address };
  }

  /** Waits until the guest has what it was to get. @throws BackendError if that fails */
  private async end({ id }: Operation, failure: Message): Promise<OperationEnd['status']> {
    const end = await endOf(this.operations, id, HOT_PLUG_WITHIN_MS);
    if (end.status === 'failed') throw new BackendError(`${renderMessage(failure, {})} ${end.reason}`);
    return end.status;
  }
}

function failureOf({ plugged }: ChangedNic): Message {
  if (plugged === undefined) return messages.NIC_UPDATE_FAILED;
  return plugged ? messages.NIC_PLUG_FAILED : messages.NIC_UNPLUG_FAILED;
}
