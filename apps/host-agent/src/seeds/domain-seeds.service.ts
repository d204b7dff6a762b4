import type { Seed } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { Hypervisor } from '../vms/hypervisor';
import { KeyedQueue, vmKey } from '../vms/keyed.queue';
import { SeedImages } from './seed.images';

/** Seeds of domains, which live as long as these. */
@Injectable()
export class DomainSeeds {
  constructor(
    private readonly hypervisor: Hypervisor,
    private readonly queue: KeyedQueue,
    private readonly images: SeedImages,
  ) {}

  /** Does what starts a domain while its seed is there; if that fails, the seed goes. @throws AgentError `internal` */
  async during(vmId: string, seed: Seed | undefined, start: (seedImage: string | null) => Promise<void>): Promise<void> {
    await this.images.remove(vmId);
    const seedImage = seed ? await this.images.write(vmId, seed) : null;
    try {
      await start(seedImage);
    } catch (error) {
      await this.images.remove(vmId);
      throw error;
    }
  }

  /** Call it when the domain has gone, in the VM's place of the queue. */
  remove(vmId: string): Promise<void> {
    return this.images.remove(vmId);
  }

  /** @throws LibvirtError if nobody can tell whether the domain is there */
  removeUnlessRunning(vmId: string): Promise<void> {
    return this.queue.run([vmKey(vmId)], async () => {
      if (!(await this.hypervisor.find(vmId))) await this.images.remove(vmId);
    });
  }

  /** Removes those whose domains have gone. @throws LibvirtError */
  async sweep(): Promise<void> {
    for (const vmId of await this.images.vmIds()) await this.removeUnlessRunning(vmId);
  }
}
