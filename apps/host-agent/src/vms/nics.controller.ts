import type { CommandReply, CommandRequest } from '@clinker/agent-protocol';
import { Controller } from '@nestjs/common';
import { Command } from '../transport/command.decorator';
import { NicPlugService } from './nic-plug.service';
import { PatientRuns } from './patient.runs';

@Controller()
export class NicsController {
  constructor(
    private readonly nics: NicPlugService,
    private readonly runs: PatientRuns,
  ) {}

  @Command('ensure-nic-plugged')
  ensurePlugged(request: CommandRequest<'ensure-nic-plugged'>): Promise<CommandReply<'ensure-nic-plugged'>> {
    return this.runs.answer(`nic-plugged ${JSON.stringify(request)}`, async () => {
      await this.nics.plug(request.vmId, request.nic);
      return { status: 'done' };
    });
  }

  @Command('ensure-nic-unplugged')
  ensureUnplugged(request: CommandRequest<'ensure-nic-unplugged'>): Promise<CommandReply<'ensure-nic-unplugged'>> {
    return this.runs.answer(`nic-unplugged ${JSON.stringify(request)}`, async () => ({
      status: (await this.nics.unplug(request.vmId, request.nicId)) ? 'done' : 'in_progress',
    }));
  }
}
