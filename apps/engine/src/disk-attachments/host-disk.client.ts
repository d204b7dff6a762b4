import { AgentError, type DiskDefinition } from '@clinker/agent-protocol';
import { RetryLater } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { BackendError } from '../errors/domain.errors';
import { HostClient } from '../hosts/host.client';
import { outside } from '../sagas/step.errors';
import { Vm } from '../vms/vm.entity';

/** A host answers "in progress" only after it has worked for some seconds, so it is asked again almost at once (ms). */
const ASK_AGAIN_MS = 100;

/** A disk of a VM that runs on a host, and the operation that works on it. */
export interface DiskOnHost {
  readonly operationId: string;
  readonly hostId: string;
  readonly hostName: string;
  readonly vmId: string;
  readonly diskId: string;
}

/** Shows disks to running guests and takes them away. Every method may be repeated. */
@Injectable()
export class HostDiskClient {
  constructor(
    private readonly db: EntityManager,
    private readonly hosts: HostClient,
  ) {}

  /**
   * Shows the disk to the guest. Unreachable monitors fail at once: the host has tried for as long as makes sense.
   * @throws RetryLater, BackendError
   */
  async plug({ operationId, hostName, vmId }: DiskOnHost, disk: DiskDefinition): Promise<void> {
    const what = `plug the disk on host ${hostName}`;
    const answer = await outside(what, async () => {
      try {
        return await this.hosts.send(hostName, 'ensure-disk-plugged', { operationId, vmId, disk });
      } catch (cause) {
        if (!(cause instanceof AgentError) || cause.code !== 'monitors_unreachable') throw cause;
        throw new BackendError(`Could not ${what}: ${cause.message}`, { cause });
      }
    });
    if (answer.status === 'in_progress') throw new RetryLater(`The host has not yet finished to ${what}`, { afterMs: ASK_AGAIN_MS });
  }

  /**
   * Takes the disk from the guest. Returns when libvirt does not show it any more.
   * @throws RetryLater while the guest holds it, BackendError if the guest refuses
   */
  async unplug({ operationId, hostName, vmId, diskId }: DiskOnHost): Promise<void> {
    const what = `unplug the disk on host ${hostName}`;
    const answer = await outside(what, () => this.hosts.send(hostName, 'ensure-disk-unplugged', { operationId, vmId, diskId }));
    if (answer.status === 'in_progress') throw new RetryLater('The guest has not yet released the disk', { afterMs: ASK_AGAIN_MS });
  }

  /** As {@link unplug}, for a VM that may be gone from the host: then nothing holds the disk. @throws RetryLater, BackendError */
  async ensureUnplugged(at: DiskOnHost): Promise<void> {
    const vm = await this.db.findOneBy(Vm, { id: at.vmId });
    if (vm?.hostId === at.hostId) await this.unplug(at);
  }

  /** What libvirt shows: the disk, the VM without the disk, or no VM. @throws RetryLater, BackendError */
  async look({ hostName, vmId, diskId }: DiskOnHost): Promise<'plugged' | 'unplugged' | 'no-vm'> {
    const { domain } = await outside(`look at the VM on host ${hostName}`, () => this.hosts.send(hostName, 'inspect-domain', { vmId }));
    if (domain.state === 'absent' || domain.state === 'shut_off') return 'no-vm';
    return domain.disks.some((disk) => disk.diskId === diskId) ? 'plugged' : 'unplugged';
  }
}
