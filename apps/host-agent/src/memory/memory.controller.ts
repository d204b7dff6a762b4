import type { CommandReply, CommandRequest } from '@clinker/agent-protocol';
import { Controller } from '@nestjs/common';
import { Command } from '../transport/command.decorator';
import { DomainService } from '../vms/domain.service';
import { PatientRuns } from '../vms/patient.runs';
import { VolumeCopyService } from '../volumes/volume-copy.service';
import { MemorySaveService } from './memory-save.service';

/** The memory of guests on its way into volumes. */
@Controller()
export class MemoryController {
  constructor(
    private readonly memories: MemorySaveService,
    private readonly domains: DomainService,
    private readonly copies: VolumeCopyService,
    private readonly runs: PatientRuns,
  ) {}

  @Command('ensure-memory-saved')
  ensureSaved(request: CommandRequest<'ensure-memory-saved'>): Promise<CommandReply<'ensure-memory-saved'>> {
    const save = async () => ({ status: 'done' as const, imageBytes: await this.memories.save(request) });
    return this.runs.answer(`memory saved ${JSON.stringify(request)}`, save);
  }

  @Command('ensure-saved-domain-gone')
  ensureEnded(request: CommandRequest<'ensure-saved-domain-gone'>): Promise<CommandReply<'ensure-saved-domain-gone'>> {
    return this.runs.answer(`saved domain gone ${request.operationId}`, async () => {
      await this.memories.end(request, () => this.domains.ensureGone(request.vmId));
      return { status: 'done' };
    });
  }

  @Command('ensure-memory-copied')
  ensureCopied({ operationId, target }: CommandRequest<'ensure-memory-copied'>): Promise<CommandReply<'ensure-memory-copied'>> {
    return Promise.resolve().then(() => this.copies.ensure({ operationId, source: { file: this.memories.pathOf(operationId) }, target }));
  }

  @Command('ensure-memory-removed')
  ensureRemoved(request: CommandRequest<'ensure-memory-removed'>): Promise<CommandReply<'ensure-memory-removed'>> {
    return this.runs.answer(`memory removed ${request.operationId}`, async () => {
      await this.memories.remove(request.operationId);
      return { status: 'done' };
    });
  }
}
