import type { SavedMemory } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { AgentContext } from '../agent.context';
import { Hypervisor } from '../vms/hypervisor';
import type { StartReady } from '../vms/start.preparation';
import { startCopy } from '../volumes/qemu-img.copy';
import { VolumeAddresses } from '../volumes/volume.addresses';
import { MemoryFiles } from './memory.files';
import { savedDomainXml } from './saved-domain.xml';

/** Starts domains where their memory was saved. */
@Injectable()
export class MemoryRestoreService {
  constructor(
    private readonly context: AgentContext,
    private readonly hypervisor: Hypervisor,
    private readonly addresses: VolumeAddresses,
    private readonly files: MemoryFiles,
  ) {}

  /**
   * Starts a domain with its memory from a volume.
   * @param ready how it would be started without
   * @param from its memory, and whether the guest stands still then until it is let go
   * @throws AgentError `device_conflict`, `not_enough_space`, `copy_failed` and those of the volume's preflight; LibvirtError
   */
  async start(vmId: string, ready: StartReady, { memory, paused }: { memory: SavedMemory; paused: boolean }): Promise<void> {
    const name = `restore-${vmId}`;
    const path = await this.files.create(name, memory.sizeBytes);
    try {
      await this.files.resize(name, memory.sizeBytes);
      await this.addresses.with(memory, (address) => startCopy(address, path, 'target').ended);
      await this.files.resize(name, memory.imageBytes);
      const xml = savedDomainXml(await this.hypervisor.savedXml(path), ready.xml);
      await this.hypervisor.restore(path, xml, { secretUuids: ready.secretUuids, paused });
      this.context.logger.info({ vmId, bytes: memory.imageBytes }, 'The domain was started with its memory');
    } finally {
      await this.files.remove(name);
    }
  }
}
