import type { GuestReport } from '@clinker/agent-protocol';
import { LibvirtError } from '@clinker/libvirt';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AgentContext } from '../agent.context';
import { LibvirtLink } from '../libvirt/libvirt.link';
import { EngineLink } from '../transport/engine.link';
import { GuestFactsReader } from './guest-facts.reader';

/** How often (ms) guests are asked. */
const LOOK_EVERY_MS = 15_000;

/** What has not changed is told again after so many looks: a notice may be lost. */
const TOLD_FOR_LOOKS = 10;

/** Tells the engine what guests tell of themselves: addresses, host name, operating system. */
@Injectable()
export class GuestReporter implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private looks = 0;
  private readonly told = new Map<string, { text: string; at: number }>();

  constructor(
    private readonly context: AgentContext,
    private readonly libvirt: LibvirtLink,
    private readonly engine: EngineLink,
    private readonly guests: GuestFactsReader,
  ) {}

  onApplicationBootstrap(): void {
    this.libvirt.on('domainEvent', (event) => {
      if (event.type === 'lifecycle' && event.event === 'stopped') this.told.delete(event.uuid);
      if (event.type === 'agent-lifecycle') void this.safely(() => this.look(event.uuid));
    });
    this.engine.on('engineAway', () => this.told.clear());
    this.engine.on('reconnected', () => this.told.clear());
    this.schedule();
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
  }

  private schedule(): void {
    this.timer = setTimeout(() => void this.safely(() => this.lookAtAll()).then(() => this.schedule()), LOOK_EVERY_MS).unref();
  }

  private async lookAtAll(): Promise<void> {
    if (!this.libvirt.isConnected) return;
    this.looks += 1;
    const running = (await this.libvirt.domains.list()).filter(({ state }) => state === 'running' || state === 'blocked');
    const ids = new Set(running.map(({ uuid }) => uuid));
    for (const vmId of this.told.keys()) if (!ids.has(vmId)) this.told.delete(vmId);
    await Promise.all([...ids].map((vmId) => this.look(vmId)));
  }

  private async look(vmId: string): Promise<void> {
    const facts = await this.guests.read(vmId);
    if (facts !== undefined) this.tell({ vmId, facts });
  }

  private tell(report: GuestReport): void {
    const text = JSON.stringify(report.facts);
    const before = this.told.get(report.vmId);
    if (before?.text === text && this.looks - before.at < TOLD_FOR_LOOKS) return;
    this.told.set(report.vmId, { text, at: this.looks });
    this.engine.tell('guest', report);
  }

  private async safely(look: () => Promise<void>): Promise<void> {
    try {
      await look();
    } catch (error) {
      if (!(error instanceof LibvirtError)) this.context.logger.warn({ err: error }, 'Guests could not be asked');
    }
  }
}
