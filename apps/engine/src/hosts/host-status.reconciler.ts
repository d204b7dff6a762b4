import type { Logger } from '@clinker/logging';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Events } from 'nats';
import { EntityManager, In } from 'typeorm';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { EventsService } from '../events/events.service';
import { LOGGER } from '../logger';
import { Vm } from '../vms/vm.entity';
import { HostConnection } from './host.connection';

/** How many heartbeats may be missing before a host is called non_responsive. */
const MISSED_BEATS = 3;

const SILENT = `UPDATE host SET status = 'non_responsive' WHERE status IN ('up', 'non_operational', 'initializing')
  AND heartbeat_at < clock_timestamp() - make_interval(secs => $1) RETURNING id, name`;

/** Calls hosts non_responsive that are silent, and their VMs unknown. That they are back is seen by their next heartbeat. */
@Injectable()
export class HostStatusReconciler implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  /** Since when (ms) heartbeats would have been heard; undefined while NATS is away. Silence proves nothing before. */
  private listeningSince: number | undefined;

  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
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
    await this.markSilent(patienceMs);
  }

  /** Marks the hosts that have been silent for this long (ms), whoever has been listening. */
  async markSilent(patienceMs: number): Promise<void> {
    await this.db.transaction(async (tx) => {
      const [hosts] = await tx.query<[{ id: string; name: string }[], number]>(SILENT, [patienceMs / 1000]);
      for (const { id, name } of hosts) {
        await this.events.record('HOST_NON_RESPONSIVE', `Host ${name} is non responsive.`, { hostId: id }, tx);
        await tx.update(Vm, { hostId: id, status: In(['up', 'paused']) }, { status: 'unknown' });
      }
    });
  }

  private async lookSafely(): Promise<void> {
    await this.look().catch((error: unknown) => this.log.error({ err: error }, 'The hosts could not be looked at'));
  }

  private async followConnection(): Promise<void> {
    const nats = await this.connection.nats;
    this.listeningSince = Date.now();
    for await (const { type } of nats.status()) {
      if (type === Events.Disconnect) this.listeningSince = undefined;
      if (type === Events.Reconnect) this.listeningSince = Date.now();
    }
  }
}
