import type { DomainNotice, DomainReport } from '@clinker/agent-protocol';
import { type Logger, withLogContext } from '@clinker/logging';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DomainError } from '../errors/domain.errors';
import { HostSignals } from '../hosts/host-signals';
import { HostClient } from '../hosts/host.client';
import { HostUnreachableError } from '../hosts/host.errors';
import { LOGGER } from '../logger';
import { type Cause, HOST_FENCED, HOST_RESTARTED, UNKNOWN_CAUSE, causeOf, verdict } from './domain.verdict';
import { EndCauses } from './end.causes';
import { VmStateService } from './vm-state.service';
import { RUNNING } from './vm.conflicts';
import type { Vm } from './vm.entity';

/** How often (ms) every host is looked at, whether it has signalled something or not. */
const LOOK_EVERY_MS = 5_000;

/** How long (ms) after a VM was first seen to be gone its host may still tell why. */
const EXPLAINED_WITHIN_MS = 1_000;

/** Brings the status of running VMs in line with what their hosts show, and cleans up after those that have ended by themselves. */
@Injectable()
export class VmStateReconciler implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  /** Hosts that are being looked at, and whether to look once more. */
  private readonly looking = new Map<string, { again: boolean; done: Promise<void> }>();
  /** Why VMs ended, by what their hosts signalled to this process. */
  private readonly causes = new EndCauses();
  /** VMs that were found gone, and nobody has told why; since when (ms). */
  private readonly unexplained = new Map<string, number>();

  constructor(
    private readonly states: VmStateService,
    private readonly hosts: HostClient,
    private readonly signals: HostSignals,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.signals.on('domain', (hostName, notice) => this.safely(() => this.noticed(hostName, notice)));
    this.signals.on('present', (hostId, how) => this.safely(() => this.present(hostId, how === 'restarted' ? HOST_RESTARTED : undefined)));
    this.signals.on('fenced', (hostId) => this.safely(() => this.present(hostId, HOST_FENCED)));
    this.timer = setInterval(() => this.safely(() => this.lookAtAll()), LOOK_EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await Promise.allSettled([...this.looking.values()].map(({ done }) => done));
  }

  /** Looks at one host now; who asks while it is being looked at makes it look once more. */
  async look(hostId: string): Promise<void> {
    const running = this.looking.get(hostId);
    if (running) {
      running.again = true;
      return running.done;
    }
    const look = { again: true, done: Promise.resolve() };
    this.looking.set(hostId, look);
    look.done = this.lookWhileAsked(hostId, look).finally(() => this.looking.delete(hostId));
    return look.done;
  }

  private async lookWhileAsked(hostId: string, look: { again: boolean }): Promise<void> {
    while (look.again) {
      look.again = false;
      await this.compare(hostId);
    }
  }

  /** The VMs are read before the host is asked: one that was up then and is not listed after has really ended. */
  private async compare(hostId: string): Promise<void> {
    const placed = await this.states.placedOn(hostId);
    if (!placed) return;
    const { domains } = await this.hosts.send(placed.host.name, 'inventory', {});
    await this.states.reportStrangers(placed, domains);
    for (const vm of placed.vms.filter(({ status }) => RUNNING.includes(status))) {
      const domain = domains.find(({ vmId }) => vmId === vm.id);
      await withLogContext({ correlationId: randomUUID() }, () => this.settle(vm, domain, placed.host.name)).catch((error: unknown) =>
        this.noteConflict(vm, error),
      );
    }
  }

  private async settle(vm: Vm, domain: DomainReport | undefined, hostName: string): Promise<void> {
    const isGone = verdict(domain).status === 'gone';
    const cause = isGone ? await this.causeFor(vm, hostName) : UNKNOWN_CAUSE;
    if (cause === undefined && this.mayStillBeExplained(vm.id)) return;
    this.unexplained.delete(vm.id);
    await this.states.settle(vm, domain, cause ?? UNKNOWN_CAUSE);
  }

  /** libvirt drops a domain a moment before it says why, so a VM that has just gone without a reason is looked at once more. */
  private mayStillBeExplained(vmId: string): boolean {
    const goneSince = this.unexplained.get(vmId) ?? Date.now();
    this.unexplained.set(vmId, goneSince);
    return Date.now() - goneSince < EXPLAINED_WITHIN_MS;
  }

  private async causeFor({ id, startTime }: Vm, hostName: string): Promise<Cause | undefined> {
    const { ends = [] } = await this.hosts.send(hostName, 'inspect-domain', { vmId: id });
    return causeOf(ends) ?? this.causes.of(id, hostName, startTime);
  }

  private noteConflict(vm: Vm, error: unknown): void {
    if (!(error instanceof DomainError)) throw error;
    this.log.info({ vm: vm.name, reason: error.message }, 'A VM that has ended is not cleaned up now');
  }

  /** Whoever waits for this VM looks again, and so do we. */
  private async noticed(hostName: string, notice: DomainNotice): Promise<void> {
    this.causes.told(hostName, notice);
    await this.states.wakeOperationsOfVm(notice.vmId);
    const hostId = await this.states.hostNamed(hostName);
    if (hostId !== undefined) await this.look(hostId);
  }

  /** @param cause why the VMs there have ended, if it is known that they have */
  private async present(hostId: string, cause: Cause | undefined): Promise<void> {
    if (cause) await this.noteEnds(hostId, cause);
    await this.states.wakeOperationsOfHost(hostId);
    await this.look(hostId);
  }

  private async noteEnds(hostId: string, cause: Cause): Promise<void> {
    const placed = await this.states.placedOn(hostId);
    for (const { id } of placed?.vms ?? []) this.causes.set(id, placed?.host.name ?? '', cause);
  }

  /** One host that is away does not keep us from the others; its own status tells that it is. */
  private async lookAtAll(): Promise<void> {
    const hostIds = await this.states.hostsToLookAt();
    for (const hostId of hostIds) this.safely(() => this.look(hostId));
  }

  private safely(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      if (error instanceof HostUnreachableError) this.log.debug({ err: error }, 'A host could not be looked at');
      else this.log.error({ err: error }, 'The VMs of a host could not be looked at');
    });
  }
}
