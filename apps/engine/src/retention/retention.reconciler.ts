import type { Logger } from '@clinker/logging';
import { Operations } from '@clinker/sagas';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { EventsService } from '../events/events.service';
import { LOGGER } from '../logger';

/** How often (ms) it looks. */
const LOOK_EVERY_MS = 3_600_000;

/** How many rows one statement deletes at most: each is short, so that nobody waits for it. */
const PORTION = 1_000;

/** Forgets jobs and events that are over since long, so that the database does not grow for ever. */
@Injectable()
export class RetentionReconciler implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    private readonly operations: Operations,
    private readonly events: EventsService,
    @Inject(ENGINE_SETTINGS) private readonly settings: EngineSettings,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const look = () => {
      this.looking = this.look().catch((error: unknown) => this.log.error({ err: error }, 'Old jobs and events could not be forgotten'));
    };
    look();
    this.timer = setInterval(look, LOOK_EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.looking;
  }

  /** Forgets all that is old enough now. */
  async look(): Promise<void> {
    const { CLINKER_KEEP_FINISHED: finishedMs, CLINKER_KEEP_FAILED: failedMs } = this.settings;
    const limit = PORTION;
    await this.all(() => this.operations.forgetEnded({ status: 'finished', endedMsAgo: finishedMs, limit }));
    await this.all(() => this.operations.forgetEnded({ status: 'failed', endedMsAgo: failedMs, limit }));
    await this.all(() => this.events.forget({ severities: ['normal'], olderThanMs: finishedMs, limit }));
    await this.all(() => this.events.forget({ severities: ['warning', 'error', 'alert'], olderThanMs: failedMs, limit }));
  }

  private async all(portion: () => Promise<number>): Promise<void> {
    while (!this.stopping && (await portion()) === PORTION);
  }
}
