import type { CommandReply, CommandRequest } from '@clinker/agent-protocol';
import { Controller } from '@nestjs/common';
import { Command } from '../transport/command.decorator';
import { SecretsService } from './secrets.service';

@Controller()
export class SecretsController {
  constructor(private readonly secrets: SecretsService) {}

  @Command('ensure-secrets')
  async ensure(request: CommandRequest<'ensure-secrets'>): Promise<CommandReply<'ensure-secrets'>> {
    return { status: 'done', present: await this.secrets.apply({ version: request.version, secrets: request.secrets }) };
  }
}
