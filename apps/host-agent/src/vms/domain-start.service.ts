import type { SavedMemory, Seed, VmDefinition } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { MemoryRestoreService } from '../memory/memory-restore.service';
import { DomainSeeds } from '../seeds/domain-seeds.service';
import { Hypervisor } from './hypervisor';
import { StartPreparation } from './start.preparation';

/** How a domain begins that is not just booted. */
export interface Beginning {
  /** With which it goes on. */
  readonly memory?: SavedMemory | undefined;
  /** That it stands still with that memory until it is let go. */
  readonly paused?: boolean | undefined;
  /** What its guest is told. */
  readonly seed?: Seed | undefined;
}

/** Starts domains that are not there: by booting them, or where their memory was saved. */
@Injectable()
export class DomainStartService {
  constructor(
    private readonly hypervisor: Hypervisor,
    private readonly preparation: StartPreparation,
    private readonly memories: MemoryRestoreService,
    private readonly seeds: DomainSeeds,
  ) {}

  /** @throws AgentError, LibvirtError */
  async start(vm: VmDefinition, beginning: Beginning): Promise<void> {
    await this.seeds.during(vm.vmId, beginning.seed, (seedImage) => this.startWith(vm, beginning, seedImage));
  }

  /** Removes what was made for the start of a domain that has gone. */
  tidy(vmId: string): Promise<void> {
    return this.seeds.remove(vmId);
  }

  private async startWith(vm: VmDefinition, { memory, paused = false }: Beginning, seedImage: string | null): Promise<void> {
    const ready = await this.preparation.prepare(vm, seedImage);
    if (memory) return this.memories.start(vm.vmId, ready, { memory, paused });
    await this.hypervisor.start(ready.xml, ready.secretUuids);
  }
}
