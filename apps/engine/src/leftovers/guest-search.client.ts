import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { HostClient } from '../hosts/host.client';
import { Host } from '../hosts/host.entity';
import { allOf } from '../sagas/all.of';
import { outside } from '../sagas/step.errors';
import { hasEnded } from '../vms/domain.state';

/** Asks every host what runs there. */
@Injectable()
export class GuestSearchClient {
  constructor(
    private readonly db: EntityManager,
    private readonly hosts: HostClient,
  ) {}

  /** Names of the hosts on which a domain of this VM runs. A host that does not answer may have one. @throws RetryLater, BackendError */
  async hostsRunning(vmId: string): Promise<string[]> {
    const hosts = await this.db.find(Host, { order: { name: 'ASC' } });
    const running = await allOf(hosts.map(({ name }) => this.runsOn(name, vmId)));
    return hosts.filter((_host, index) => running[index]).map(({ name }) => name);
  }

  private async runsOn(hostName: string, vmId: string): Promise<boolean> {
    const { domains } = await outside(`look at host ${hostName}`, () => this.hosts.send(hostName, 'inventory', {}));
    return domains.some((domain) => domain.vmId === vmId && !hasEnded(domain));
  }
}
