import type { CommandReply, CommandRequest } from '@clinker/agent-protocol';
import { Controller } from '@nestjs/common';
import { Command } from '../transport/command.decorator';
import { PatientRuns } from '../vms/patient.runs';
import { VolumeCopyService } from './volume-copy.service';

@Controller()
export class VolumeCopyController {
  constructor(
    private readonly copies: VolumeCopyService,
    private readonly runs: PatientRuns,
  ) {}

  @Command('ensure-volume-copied')
  ensureCopied(request: CommandRequest<'ensure-volume-copied'>): Promise<CommandReply<'ensure-volume-copied'>> {
    return Promise.resolve().then(() => this.copies.ensure(request));
  }

  @Command('ensure-volume-copy-ended')
  ensureEnded(request: CommandRequest<'ensure-volume-copy-ended'>): Promise<CommandReply<'ensure-volume-copy-ended'>> {
    return this.runs.answer(`copy ended ${request.targetVolumeId}`, async () => {
      await this.copies.end(request.targetVolumeId);
      return { status: 'done' };
    });
  }
}
