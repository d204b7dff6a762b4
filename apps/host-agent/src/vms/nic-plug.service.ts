import { AgentError, type NicDefinition } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { AgentContext } from '../agent.context';
import { MachineReader } from '../host/machine.reader';
import { DeviceRemoval } from './device.removal';
import type { LiveNic } from './domain-xml.reader';
import { Hypervisor } from './hypervisor';
import { nicXml } from './nic-xml.builder';

/** Interfaces of running domains. What libvirt shows decides, never the return value of a call. */
@Injectable()
export class NicPlugService {
  constructor(
    private readonly context: AgentContext,
    private readonly hypervisor: Hypervisor,
    private readonly machine: MachineReader,
    private readonly removal: DeviceRemoval,
  ) {}

  /** @throws AgentError `domain_not_found`, `bridge_not_found`, `device_conflict` */
  plug(vmId: string, nic: NicDefinition): Promise<void> {
    return this.removal.whenSettled(vmId, nic.nicId, async ({ nics }) => {
      const present = nics.find((each) => each.nicId === nic.nicId);
      if (present && isSame(present, nic)) return;
      await this.requireBridges([nic]);
      if (present) await this.change(vmId, present, nic);
      else await this.hypervisor.attachDevice(vmId, nicXml(nic), []);
      const { nicId, bridge, linked } = nic;
      this.context.logger.info({ vmId, nicId, bridge, linked }, present ? 'The interface was changed' : 'The interface was plugged in');
    });
  }

  /** @returns whether the interface is gone @throws AgentError `guest_refused` */
  unplug(vmId: string, nicId: string): Promise<boolean> {
    return this.removal.remove(vmId, nicId, 'interface');
  }

  /** @throws AgentError `bridge_not_found` */
  async requireBridges(nics: readonly NicDefinition[]): Promise<void> {
    for (const { bridge } of nics) {
      if (bridge !== null && !(await this.machine.isBridge(bridge)))
        throw new AgentError('bridge_not_found', `this host has no bridge ${bridge}`);
    }
  }

  /** libvirt changes bridge and link of an interface that is plugged in, and nothing else; its MTU stays as it is. */
  private async change(vmId: string, present: LiveNic, nic: NicDefinition): Promise<void> {
    const isOther = present.mac !== nic.mac || present.model !== nic.model || (present.bridge === null) !== (nic.bridge === null);
    if (isOther)
      throw new AgentError(
        'device_conflict',
        `the interface ${nic.nicId} is plugged in as another one; it must be unplugged for this change`,
      );
    await this.hypervisor.updateDevice(vmId, nicXml({ ...nic, mtu: present.mtu }));
  }
}

const isSame = (present: LiveNic, nic: NicDefinition): boolean =>
  present.mac === nic.mac && present.model === nic.model && present.bridge === nic.bridge && present.linked === nic.linked;
