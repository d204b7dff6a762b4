import type { CommandReply, CommandRequest } from '@clinker/agent-protocol';
import { Controller } from '@nestjs/common';
import { Command } from '../transport/command.decorator';
import { GuestMeasuresService } from './guest-measures.service';

@Controller()
export class GuestMeasuresController {
  constructor(private readonly measures: GuestMeasuresService) {}

  @Command('measure-guests')
  async measure({ vmIds }: CommandRequest<'measure-guests'>): Promise<CommandReply<'measure-guests'>> {
    return { guests: await this.measures.of(vmIds) };
  }
}
