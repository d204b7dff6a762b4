import type { CommandReply, CommandRequest } from '@clinker/agent-protocol';
import { Controller } from '@nestjs/common';
import { Command } from '../transport/command.decorator';
import { RbdConnector } from './rbd.connector';

@Controller()
export class VolumeExpectationController {
  constructor(private readonly rbd: RbdConnector) {}

  @Command('expect-volume')
  async expect(volume: CommandRequest<'expect-volume'>): Promise<CommandReply<'expect-volume'>> {
    await this.rbd.expect(volume);
    return { status: 'done' };
  }
}
