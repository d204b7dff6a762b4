import type { Logger } from '@clinker/logging';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Host } from '../hosts/host.entity';
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
    private readonly wanted: HostSecretsService,
    private readonly client: HostSecretsClient,
    private readonly signals: HostSignals,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.wanted.sharedBy(() => this.lookAndWait());
    this.signals.on('present', (hostId) => {
      this.leftAloneUntil.delete(hostId);
      void this.lookSafely();
    });
    this.timer = setInterval(() => void this.lookSafely(), LOOK_EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await Promise.allSettled(this.busy.values());
  }

  /** Looks, and waits for the hosts that are being given something. Never throws. */
  async lookAndWait(): Promise<void> {
    await Promise.allSettled(this.busy.values());
    await this.lookSafely();
    await Promise.allSettled(this.busy.values());
  }

  /** Starts to give every host that needs it its secrets; does not wait for the hosts. */
  private async look(): Promise<void> {
    const compare = Date.now() - this.comparedAt >= COMPARE_EVERY_MS;
    if (compare) this.comparedAt = Date.now();
    const version = await this.wanted.version();
    for (const host of await this.client.reachable()) {
      if (!this.isFree(host)) continue;
      if (!this.client.hasGiven(host, version) || (compare && (await this.client.differs(host)))) this.give(host);
    }
  }

  private async lookSafely(): Promise<void> {
    await this.look().catch((error: unknown) => this.log.error({ err: error }, 'The secrets of hosts could not be looked at'));
  }

  private isFree({ id }: Host): boolean {
    return !this.busy.has(id) && Date.now() >= (this.leftAloneUntil.get(id) ?? 0);
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
