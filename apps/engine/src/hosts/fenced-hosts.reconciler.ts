import type { Logger } from '@clinker/logging';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { LOGGER } from '../logger';
import { FencedHostClient } from './fenced-host.client';
import { HostSignals } from './host-signals';
import { HostUnreachableError } from './host.errors';

/** Looks for hosts that were confirmed to be off and are back. */
@Injectable()
export class FencedHostsReconciler implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly fenced: FencedHostClient,
    private readonly signals: HostSignals,
    @Inject(ENGINE_SETTINGS) private readonly settings: EngineSettings,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.signals.on('present', () => void this.look());
    this.timer = setInterval(() => void this.look(), this.settings.CLINKER_HEARTBEAT);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Looks once. Never throws. */
  look(): Promise<void> {
    this.looking ??= this.takeBack().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async takeBack(): Promise<void> {
    try {
      for (const name of await this.fenced.back()) await this.fenced.takeBack(name);
    } catch (error) {
      if (error instanceof HostUnreachableError) this.log.debug({ err: error }, 'A fenced host could not be looked at');
      else this.log.error({ err: error }, 'A fenced host could not be emptied');
    }
  }
}
