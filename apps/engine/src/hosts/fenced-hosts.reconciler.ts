import type { Logger } from '@clinker/logging';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { LOGGER } from '../logger';
import { RepeatedLook } from '../reconciling/repeated.look';
import { FencedHostClient } from './fenced-host.client';
import { HostSignals } from './host-signals';
import { HostUnreachableError } from './host.errors';

/** Looks for hosts that were confirmed to be off and are back. */
@Injectable()
export class FencedHostsReconciler implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly looks = new RepeatedLook(
    () => this.takeBack(),
    (error) => this.complain(error),
  );

  constructor(
    private readonly fenced: FencedHostClient,
    private readonly signals: HostSignals,
    @Inject(ENGINE_SETTINGS) private readonly settings: EngineSettings,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.signals.on('present', () => void this.looks.now());
    this.looks.every(this.settings.CLINKER_HEARTBEAT);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.looks.end();
  }

  private async takeBack(): Promise<void> {
    for (const name of await this.fenced.back()) await this.fenced.takeBack(name);
  }

  private complain(error: unknown): void {
    if (error instanceof HostUnreachableError) this.log.debug({ err: error }, 'A fenced host could not be looked at');
    else this.log.error({ err: error }, 'A fenced host could not be emptied');
  }
}
