import type { Logger } from '@clinker/logging';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Events } from 'nats';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { LOGGER } from '../logger';
import { HostMembershipService } from './host-membership.service';
import { HostConnection } from './host.connection';

/** How many heartbeats may be missing before a host is called non_responsive. */
const MISSED_BEATS = 3;

/** Looks for hosts that have fallen silent. That they are back is seen by their next heartbeat. */
@Injectable()
export class HostStatusReconciler implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  /** Since when (ms) heartbeats would have been heard; undefined while NATS is away. Silence proves nothing before. */
  private listeningSince: number | undefined;

  constructor(
    private readonly membership: HostMembershipService,
    private readonly connection: HostConnection,
    @Inject(ENGINE_SETTINGS) private readonly settings: EngineSettings,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    void this.followConnection().catch((error: unknown) => this.log.error({ err: error }, 'The connection to NATS is not watched'));
    this.timer = setInterval(() => void this.lookSafely(), this.settings.CLINKER_HEARTBEAT);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Looks once. */
  async look(): Promise<void> {
    const patienceMs = MISSED_BEATS * this.settings.CLINKER_HEARTBEAT;
    if (this.listeningSince === undefined || Date.now() - this.listeningSince < patienceMs) return;
    await this.membership.markSilent(patienceMs);
  }

  private async lookSafely(): Promise<void> {
    await this.look().catch((error: unknown) => this.log.error({ err: error }, 'The hosts could not be looked at'));
  }

  private async followConnection(): Promise<void> {
    const nats = await this.connection.nats;
    this.listeningSince = Date.now();
    for await (const { type } of nats.status()) {
      if (String(type) === String(Events.Disconnect)) this.listeningSince = undefined;
      if (String(type) === String(Events.Reconnect)) this.listeningSince = Date.now();
    }
  }
}
