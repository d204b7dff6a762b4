import { AgentError, type VmDefinition } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { AgentContext } from '../agent.context';
import { MachineReader } from '../host/machine.reader';
import { VolumePreparation } from '../volumes/volume.preparation';
import type { PlacedDisk } from './disk-xml.builder';
import { domainXml } from './domain-xml.builder';
import { NicPlugService } from './nic-plug.service';
import { freeTarget } from './target.names';

export interface StartReady {
  readonly xml: string;
  readonly secretUuids: readonly string[];
}

/** Checks everything that a start needs of this host, so that QEMU is only started when it will run. */
@Injectable()
export class StartPreparation {
  constructor(
    private readonly context: AgentContext,
    private readonly machine: MachineReader,
    private readonly volumes: VolumePreparation,
    private readonly nics: NicPlugService,
  ) {}

  /** @param seedImage of the guest, null for none @throws AgentError `file_not_found`, `not_enough_memory`, `bridge_not_found` and those of the volumes' preparation */
  async prepare(vm: VmDefinition, seedImage: string | null): Promise<StartReady> {
    const {
      CLINKER_CONSOLE_ADDRESS: consoleAddress,
      CLINKER_CONSOLE_FOLDER: consoleFolder,
      CLINKER_EMULATION: emulation,
    } = this.context.settings;
    const needs = [this.requireFiles(vm), this.requireMemory(vm), this.nics.requireBridges(vm.nics)];
    await Promise.all([...needs, mkdir(consoleFolder, { recursive: true })]);
    const prepared = await this.volumes.prepare(vm.vmId, vm.disks);
    const taken = new Set<string>();
    const disks: PlacedDisk[] = prepared.map((each) => {
      const target = freeTarget(each.disk.interface, taken);
      taken.add(target);
      return { ...each, target };
    });
    const secretUuids = prepared.flatMap(({ attachment }) => (attachment.auth ? [attachment.auth.secretUuid] : []));
    return { xml: domainXml(vm, disks, { emulation, consoleFolder, consoleAddress, seedImage }), secretUuids };
  }

  private async requireFiles({ os }: VmDefinition): Promise<void> {
    for (const path of [os.kernel, os.initrd]) {
      if (!path) continue;
      const refuse = (cause: unknown): never => {
        throw new AgentError('file_not_found', `the file ${path} cannot be read on this host`, { cause });
      };
      await access(path, constants.R_OK).catch(refuse);
    }
  }

  private async requireMemory({ memoryBytes }: VmDefinition): Promise<void> {
    const { availableBytes } = await this.machine.memory();
    if (memoryBytes <= availableBytes) return;
    throw new AgentError(
      'not_enough_memory',
      `the guest wants ${memoryBytes} bytes of memory, and this host has ${availableBytes} to give`,
    );
  }
}
