import type { CommandReply, CommandRequest } from '@clinker/agent-protocol';
import { Controller } from '@nestjs/common';
import { Command } from '../transport/command.decorator';
import { DiskSizeService } from './disk-size.service';
import { PatientRuns } from './patient.runs';

@Controller()
export class DiskSizeController {
  constructor(
    private readonly sizes: DiskSizeService,
    private readonly runs: PatientRuns,
  ) {}

  @Command('ensure-disk-resized')
  ensureResized(request: CommandRequest<'ensure-disk-resized'>): Promise<CommandReply<'ensure-disk-resized'>> {
    return this.runs.answer(`resized ${JSON.stringify(request)}`, async () => {
      await this.sizes.ensure(request.vmId, request.diskId, request.sizeBytes);
      return { status: 'done' };
    });
  }
}
