import type { CommandReply, CommandRequest } from '@clinker/agent-protocol';
import { Controller } from '@nestjs/common';
import { Command } from '../transport/command.decorator';
import { DiskPlugService } from './disk-plug.service';
import { DomainInspection } from './domain-inspection.service';
import { DomainService } from './domain.service';
import { PatientRuns } from './patient.runs';

@Controller()
export class VmsController {
  constructor(
    private readonly domains: DomainService,
    private readonly disks: DiskPlugService,
    private readonly inspection: DomainInspection,
    private readonly runs: PatientRuns,
  ) {}

  @Command('ensure-domain-running')
  ensureRunning(request: CommandRequest<'ensure-domain-running'>): Promise<CommandReply<'ensure-domain-running'>> {
    const { vm, ...beginning } = request;
    const run = async () => ({ status: 'done' as const, domain: await this.domains.ensureRunning(vm, beginning) });
    return this.runs.answer(keyOf('running', request), run);
  }

  @Command('ensure-restored-guest-running')
  ensureGoingOn(request: CommandRequest<'ensure-restored-guest-running'>): Promise<CommandReply<'ensure-restored-guest-running'>> {
    return this.runs.answer(keyOf('going on', request), async () => {
      await this.domains.letGoOn(request.vmId);
      return { status: 'done' };
    });
  }

  @Command('ensure-domain-gone')
  ensureGone(request: CommandRequest<'ensure-domain-gone'>): Promise<CommandReply<'ensure-domain-gone'>> {
    return this.runs.answer(keyOf('gone', request), async () => {
      await this.domains.ensureGone(request.vmId);
      return { status: 'done' };
    });
  }

  @Command('ensure-domain-shutting-down')
  ensureShuttingDown(request: CommandRequest<'ensure-domain-shutting-down'>): Promise<CommandReply<'ensure-domain-shutting-down'>> {
    const press = async () => ({ status: 'done' as const, domain: await this.domains.ensureShuttingDown(request.vmId) });
    return this.runs.answer(keyOf('shutting-down', request), press);
  }

  @Command('ensure-disk-plugged')
  ensurePlugged(request: CommandRequest<'ensure-disk-plugged'>): Promise<CommandReply<'ensure-disk-plugged'>> {
    const plug = async () => ({ status: 'done' as const, domain: await this.disks.plug(request.vmId, request.disk) });
    return this.runs.answer(keyOf('plugged', request), plug);
  }

  @Command('ensure-disk-unplugged')
  ensureUnplugged(request: CommandRequest<'ensure-disk-unplugged'>): Promise<CommandReply<'ensure-disk-unplugged'>> {
    return this.runs.answer(keyOf('unplugged', request), async () => ({
      status: (await this.disks.unplug(request.vmId, request.diskId)) ? 'done' : 'in_progress',
    }));
  }

  @Command('inspect-domain')
  inspect(request: CommandRequest<'inspect-domain'>): Promise<CommandReply<'inspect-domain'>> {
    return this.inspection.inspect(request.vmId);
  }
}

/** The same message has the same key. */
const keyOf = (command: string, request: unknown): string => `${command} ${JSON.stringify(request)}`;
