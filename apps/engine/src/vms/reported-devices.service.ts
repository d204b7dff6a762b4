import type { GuestDevice } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { findRow } from '../database/row.access';
import { rowsByIds } from '../database/rows.by-ids';
import { Nic } from '../networks/nic.entity';
import { Vm } from './vm.entity';

const of = ({ guest }: Vm, mac?: string): GuestDevice[] =>
  (guest?.devices ?? []).filter((device) => mac === undefined || device.mac === mac.toLowerCase());

/** The network interfaces that guests report by their agents. */
@Injectable()
export class ReportedDevicesService {
  constructor(private readonly db: EntityManager) {}

  /** @param nicId for those alone that are this interface of the VM @throws NotFoundError */
  async list(vmId: string, nicId?: string): Promise<GuestDevice[]> {
    const vm = await findRow(this.db, Vm, 'VM', { id: vmId });
    if (nicId === undefined) return of(vm);
    return of(vm, (await findRow(this.db, Nic, 'NIC', { id: nicId, vmId })).mac);
  }

  /** Those of many VMs, by their ids. */
  async ofVms(vmIds: readonly string[]): Promise<Map<string, GuestDevice[]>> {
    return new Map((await rowsByIds(this.db, Vm, vmIds)).map((vm) => [vm.id, of(vm)]));
  }

  /** Those of many interfaces with the VM of each, by the interfaces' ids. */
  async ofNics(nicIds: readonly string[]): Promise<Map<string, { vmId: string; devices: GuestDevice[] }>> {
    const nics = await rowsByIds(this.db, Nic, nicIds);
    const vms = new Map(
      (
        await rowsByIds(
          this.db,
          Vm,
          nics.map(({ vmId }) => vmId),
        )
      ).map((vm) => [vm.id, vm]),
    );
    return new Map(nics.map(({ id, vmId, mac }) => [id, { vmId, devices: of(vms.get(vmId)!, mac) }]));
  }
}
