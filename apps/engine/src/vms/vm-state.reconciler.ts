import type { DomainNotice, DomainReport } from '@clinker/agent-protocol';
import { type Logger, withLogContext } from '@clinker/logging';
import { Operations } from '@clinker/sagas';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager, In } from 'typeorm';
import { DomainError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { HostSignals } from '../hosts/host-signals';
import { HostClient } from '../hosts/host.client';
import { Host } from '../hosts/host.entity';
import { HostUnreachableError } from '../hosts/host.errors';
import { LOGGER } from '../logger';
import { type Cause, HOST_RESTARTED, UNKNOWN_CAUSE, causeOf, verdict } from './domain.verdict';
import type { CleanUpVm } from './clean-up-vm.saga';
import { RUNNING } from './vm.conflicts';
import { Vm } from './vm.entity';

/** How often (ms) every host with running VMs is looked at, whether it has signalled something or not. */
const LOOK_EVERY_MS = 5_000;

const OPERATIONS_OF_HOST = `SELECT operation.id FROM operation JOIN vm
  ON operation.subjects @> jsonb_build_array(jsonb_build_object('type', 'vm', 'id', vm.id::text))
  WHERE vm.host_id = $1 AND operation.status IN ('running', 'undoing')`;

const OPERATIONS_OF_VM = `SELECT id FROM operation WHERE subjects @> $1::jsonb AND status IN ('running', 'undoing')`;

/** Brings the status of running VMs in line with what their hosts show, and cleans up after those that have ended by themselves. */
@Injectable()
export class VmStateReconciler implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  /** Hosts that are being looked at, and whether to look once more. */
  private readonly looking = new Map<string, { again: boolean; done: Promise<void> }>();
  private readonly causes = new Map<string, Cause>();

  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
    private readonly hosts: HostClient,
    private readonly operations: Operations,
    private readonly signals: HostSignals,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.signals.on('domain', (hostName, notice) => this.safely(() => this.noticed(hostName, notice)));
    this.signals.on('present', (hostId, how) => this.safely(() => this.present(hostId, how)));
    this.timer = setInterval(() => this.safely(() => this.lookAtAll()), LOOK_EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.signals.removeAllListeners('domain');
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
    const [host, vms] = await Promise.all([this.db.findOneBy(Host, { id: hostId }), this.db.findBy(Vm, { hostId, status: In([...RUNNING]) })]);
    if (!host || vms.length === 0) return;
    const { domains } = await this.hosts.send(host.name, 'inventory', {});
    for (const vm of vms) await withLogContext({ correlationId: randomUUID() }, () => this.settle(vm, domains.find(({ vmId }) => vmId === vm.id)));
  }

  private async settle(vm: Vm, domain: DomainReport | undefined): Promise<void> {
    const found = verdict(domain);
    if (found.status === 'gone') return this.cleanUp(vm);
    if (found.status === vm.status) return;
    const { affected } = await this.db.update(Vm, { id: vm.id, status: vm.status, hostId: vm.hostId ?? '' }, { status: found.status });
    if (affected !== 1) return;
    if (found.status === 'paused') await this.events.record('VM_PAUSED', `VM ${vm.name} has been paused${found.reason ? ` (${found.reason})` : ''}.`, { vmId: vm.id });
    else if (vm.status === 'paused') await this.events.record('VM_RESUMED', `VM ${vm.name} runs again.`, { vmId: vm.id });
  }

  private async cleanUp(vm: Vm): Promise<void> {
    const { reason, faulty } = this.causes.get(vm.id) ?? UNKNOWN_CAUSE;
    this.causes.delete(vm.id);
    const state: CleanUpVm = { vmId: vm.id, vmName: vm.name, startTime: vm.startTime?.toISOString() ?? null, reason, faulty };
    try {
      await this.operations.start('clean-up-vm', state, { correlationId: randomUUID(), subjects: [{ type: 'vm', id: vm.id }] });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.log.info({ vm: vm.name, reason: error.message }, 'A VM that has ended is not cleaned up now');
    }
  }

  /** Whoever waits for this VM looks again, and so do we. */
  private async noticed(hostName: string, notice: DomainNotice): Promise<void> {
    const cause = causeOf(notice);
    if (cause) this.causes.set(notice.vmId, this.causes.get(notice.vmId) ?? cause);
    if (notice.event === 'started') this.causes.delete(notice.vmId);
    await this.wakeAll(OPERATIONS_OF_VM, JSON.stringify([{ type: 'vm', id: notice.vmId }]));
    const host = await this.db.findOneBy(Host, { name: hostName });
    if (host) await this.look(host.id);
  }

  private async present(hostId: string, how: 'joined' | 'restarted' | 'back'): Promise<void> {
    if (how === 'restarted') {
      const vms = await this.db.findBy(Vm, { hostId });
      for (const { id } of vms) this.causes.set(id, HOST_RESTARTED);
    }
    await this.wakeAll(OPERATIONS_OF_HOST, hostId);
    await this.look(hostId);
  }

  private async wakeAll(sql: string, parameter: string): Promise<void> {
    const rows = await this.db.query<{ id: string }[]>(sql, [parameter]);
    await Promise.all(rows.map(({ id }) => this.operations.wake(id)));
  }

  private async lookAtAll(): Promise<void> {
    const rows = await this.db.query<{ hostId: string }[]>(
      `SELECT DISTINCT host.id AS "hostId" FROM host JOIN vm ON vm.host_id = host.id WHERE host.status IN ('up', 'non_operational') AND vm.status = ANY($1)`,
      [RUNNING],
    );
    await Promise.allSettled(rows.map(({ hostId }) => this.lookOrNote(hostId)));
  }

  /** One host that is away or in trouble does not keep us from the others; its own status tells that it is. */
  private async lookOrNote(hostId: string): Promise<void> {
    await this.look(hostId).catch((error: unknown) => this.note(error));
  }

  private safely(work: () => Promise<void>): void {
    work().catch((error: unknown) => this.note(error));
  }

  private note(error: unknown): void {
    if (error instanceof HostUnreachableError) this.log.debug({ err: error }, 'A host could not be looked at');
    else this.log.error({ err: error }, 'The VMs of a host could not be looked at');
  }
}
