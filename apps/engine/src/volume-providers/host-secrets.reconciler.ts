import type { Logger } from '@clinker/logging';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { EntityManager, In } from 'typeorm';
import { Host } from '../hosts/host.entity';
import { HostSignals } from '../hosts/host-signals';
import { LOGGER } from '../logger';
import { HostSecretsClient } from './host-secrets.client';
import { HostSecretsService } from './host-secrets.service';

/** How often (ms) the version of the wanted secrets is looked at; the signal makes it at once in this process. */
const LOOK_EVERY_MS = 1_000;

/** How often (ms) what hosts report is compared with what they shall have, and how long a host that failed is left alone. */
const COMPARE_EVERY_MS = 5_000;

/** Brings to every host that can be reached the secrets that it shall have, and nothing else of ours: also to those that were away. */
@Injectable()
export class HostSecretsReconciler implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private comparedAt = 0;
  private readonly busy = new Map<string, Promise<void>>();
  private readonly leftAloneUntil = new Map<string, number>();

  constructor(
    private readonly db: EntityManager,
    private readonly wanted: HostSecretsService,
    private readonly client: HostSecretsClient,
    private readonly signals: HostSignals,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.signals.on('present', (hostId) => {
      this.leftAloneUntil.delete(hostId);
      this.wake();
    });
    this.timer = setInterval(() => this.wake(), LOOK_EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await Promise.allSettled(this.busy.values());
  }

  /** Looks now. Never throws. */
  wake(): void {
    this.look().catch((error: unknown) => this.log.error({ err: error }, 'The secrets of hosts could not be looked at'));
  }

  /** Starts to give every host that needs it its secrets; does not wait for the hosts. */
  async look(): Promise<void> {
    const compare = Date.now() - this.comparedAt >= COMPARE_EVERY_MS;
    if (compare) this.comparedAt = Date.now();
    const version = await this.wanted.version();
    const hosts = await this.db.findBy(Host, { status: In(['up', 'non_operational', 'maintenance']) });
    for (const host of hosts.filter((one) => this.isFree(one))) {
      if (!this.client.hasGiven(host, version) || (compare && (await this.differs(host)))) this.give(host);
    }
  }

  private isFree({ id }: Host): boolean {
    return !this.busy.has(id) && Date.now() >= (this.leftAloneUntil.get(id) ?? 0);
  }

  private async differs(host: Host): Promise<boolean> {
    const wanted = await this.wanted.secretUuidsFor(host.id);
    return wanted.join() !== [...host.secretUuids].sort().join();
  }

  private give(host: Host): void {
    const work = this.client
      .give(host, null)
      .catch((error: unknown) => {
        this.leftAloneUntil.set(host.id, Date.now() + COMPARE_EVERY_MS);
        this.log.warn({ err: error, host: host.name }, 'A host could not be given its secrets');
      })
      .finally(() => this.busy.delete(host.id));
    this.busy.set(host.id, work);
  }
}
