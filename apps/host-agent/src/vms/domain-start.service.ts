import type { SavedMemory, VmDefinition } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { MemoryRestoreService } from '../memory/memory-restore.service';
import { Hypervisor } from './hypervisor';
import { StartPreparation } from './start.preparation';

/** Starts domains that are not there: by booting them, or where their memory was saved. */
@Injectable()
export class DomainStartService {
  constructor(
    private readonly hypervisor: Hypervisor,
    private readonly preparation: StartPreparation,
    private readonly memories: MemoryRestoreService,
  ) {}

  /** @throws AgentError, LibvirtError */
  async start(vm: VmDefinition, memory: SavedMemory | undefined): Promise<void> {
    const ready = await this.preparation.prepare(vm);
    if (memory) return this.memories.start(vm.vmId, ready, memory);
    await this.hypervisor.start(ready.xml, ready.secretUuids);
  }
}
