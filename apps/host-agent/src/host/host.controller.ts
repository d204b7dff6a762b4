import type { Capabilities, CommandReply } from '@clinker/agent-protocol';
import { Controller } from '@nestjs/common';
import { SecretsService } from '../secrets/secrets.service';
import { Command } from '../transport/command.decorator';
import { Hypervisor } from '../vms/hypervisor';
import { CapabilitiesService } from './capabilities.service';
import { MachineReader } from './machine.reader';

@Controller()
export class HostController {
  constructor(
    private readonly capabilities: CapabilitiesService,
    private readonly machine: MachineReader,
    private readonly hypervisor: Hypervisor,
    private readonly secrets: SecretsService,
  ) {}

  @Command('describe')
  describe(): Promise<Capabilities> {
    return this.capabilities.describe();
  }

  @Command('inventory')
  async inventory(): Promise<CommandReply<'inventory'>> {
    const [bootId, domains, secretUuids] = await Promise.all([this.machine.bootId(), this.hypervisor.all(), this.secrets.list()]);
    return { bootId, domains: domains.filter((domain) => domain.ours).map((domain) => domain.report), secretUuids };
  }
}
