import { AgentError, type NicDefinition } from '@clinker/agent-protocol';
import { RetryLater } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { BackendError } from '../errors/domain.errors';
import { HostClient } from '../hosts/host.client';
import { outside } from '../sagas/step.errors';
import { Vm } from '../vms/vm.entity';

/** A host answers "in progress" only after it has worked for some seconds, so it is asked again almost at once (ms). */
const ASK_AGAIN_MS = 100;

/** A VM that runs on a host, and the operation that works on one of its interfaces. */
export interface NicOnHost {
  readonly operationId: string;
  readonly hostId: string;
  readonly hostName: string;
  readonly vmId: string;
  readonly nicId: string;
}

/** Shows interfaces to running guests, changes them and takes them away. Every method may be repeated. */
@Injectable()
export class HostNicClient {
  constructor(
    private readonly db: EntityManager,
    private readonly hosts: HostClient,
  ) {}

  /** Lets the guest have the interface as it is defined. @throws RetryLater, BackendError */
  async plug({ operationId, hostName, vmId }: NicOnHost, nic: NicDefinition): Promise<void> {
    const what = `plug the interface on host ${hostName}`;
    const answer = await outside(what, () => this.hosts.send(hostName, 'ensure-nic-plugged', { operationId, vmId, nic }));
    if (answer.status === 'in_progress') throw new RetryLater(`The host has not yet finished to ${what}`, { afterMs: ASK_AGAIN_MS });
  }

  /** As {@link plug}, for a VM that may be gone from the host: then there is nobody to see the interface. @throws RetryLater, BackendError */
  async ensurePlugged(at: NicOnHost, nic: NicDefinition): Promise<void> {
    try {
      if (await this.isThere(at)) await this.plug(at, nic);
    } catch (error) {
      const isGone = error instanceof BackendError && error.cause instanceof AgentError && error.cause.code === 'domain_not_found';
      if (!isGone) throw error;
    }
  }

  /**
   * Takes the interface from the guest, if the VM is still on the host. Returns when libvirt does not show it any more.
   * @throws RetryLater while the guest holds it, BackendError if the guest refuses
   */
  async ensureUnplugged(at: NicOnHost): Promise<void> {
    if (!(await this.isThere(at))) return;
    const { operationId, hostName, vmId, nicId } = at;
    const call = () => this.hosts.send(hostName, 'ensure-nic-unplugged', { operationId, vmId, nicId });
    const answer = await outside(`unplug the interface on host ${hostName}`, call);
    if (answer.status === 'in_progress') throw new RetryLater('The guest has not yet released the interface', { afterMs: ASK_AGAIN_MS });
  }

  private async isThere({ vmId, hostId }: NicOnHost): Promise<boolean> {
    return this.db.existsBy(Vm, { id: vmId, hostId });
  }
}
