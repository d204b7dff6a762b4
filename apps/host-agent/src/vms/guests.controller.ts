import type { CommandReply, CommandRequest } from '@clinker/agent-protocol';
import { Controller } from '@nestjs/common';
import { Command } from '../transport/command.decorator';
import { GuestFreezeService } from './guest-freeze.service';
import { GuestPauseService } from './guest-pause.service';
import { GuestRestartService } from './guest-restart.service';
import { PatientRuns } from './patient.runs';

@Controller()
export class GuestsController {
  constructor(
    private readonly guests: GuestFreezeService,
    private readonly pauses: GuestPauseService,
    private readonly restarts: GuestRestartService,
    private readonly runs: PatientRuns,
  ) {}

  @Command('ensure-guest-restarted')
  ensureRestarted(request: CommandRequest<'ensure-guest-restarted'>): Promise<CommandReply<'ensure-guest-restarted'>> {
    const restart = async () => ({ status: 'done' as const, domain: await this.restarts.restart(request) });
    return this.runs.answer(`restarted ${JSON.stringify(request)}`, restart);
  }

  @Command('ensure-guest-frozen')
  ensureFrozen(request: CommandRequest<'ensure-guest-frozen'>): Promise<CommandReply<'ensure-guest-frozen'>> {
    const freeze = async () => ({ status: 'done' as const, ...(await this.guests.freeze(request.vmId, request.thawAfterMs)) });
    return this.runs.answer(`frozen ${JSON.stringify(request)}`, freeze);
  }

  @Command('ensure-guest-thawed')
  ensureThawed(request: CommandRequest<'ensure-guest-thawed'>): Promise<CommandReply<'ensure-guest-thawed'>> {
    const thaw = async () => ({ status: 'done' as const, wasFrozen: await this.guests.thaw(request.vmId) });
    return this.runs.answer(`thawed ${JSON.stringify(request)}`, thaw);
  }

  @Command('ensure-guest-paused')
  ensurePaused(request: CommandRequest<'ensure-guest-paused'>): Promise<CommandReply<'ensure-guest-paused'>> {
    const pause = async () => ({ status: 'done' as const, ...(await this.pauses.pause(request.vmId, request.resumeAfterMs)) });
    return this.runs.answer(`paused ${JSON.stringify(request)}`, pause);
  }

  @Command('ensure-guest-resumed')
  ensureResumed(request: CommandRequest<'ensure-guest-resumed'>): Promise<CommandReply<'ensure-guest-resumed'>> {
    const resume = async () => ({ status: 'done' as const, wasPaused: await this.pauses.resume(request.vmId) });
    return this.runs.answer(`resumed ${JSON.stringify(request)}`, resume);
  }
}
