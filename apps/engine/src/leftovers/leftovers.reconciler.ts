import { isCinderError } from '@clinker/cinder';
import type { Logger } from '@clinker/logging';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { LOGGER } from '../logger';
import { LeftoverLookClient } from './leftover-look.client';

/** Looks from time to time for what is left over in the storage, and for disks that have lost their volume. */
@Injectable()
export class LeftoversReconciler implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly client: LeftoverLookClient,
    @Inject(ENGINE_SETTINGS) private readonly settings: EngineSettings,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), this.settings.CLINKER_LEFTOVERS_EVERY);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Looks once; who asks meanwhile waits for the same look. Never throws. */
  look(): Promise<void> {
    this.looking ??= this.lookAtAll().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  /** A provider that does not answer now does not keep us from the others. */
  private async lookAtAll(): Promise<void> {
    try {
      for (const providerId of await this.client.providers())
        await this.client.look(providerId).catch((error: unknown) => this.report(error));
      await this.client.cleanDue();
    } catch (error) {
      this.report(error);
    }
  }

  private report(error: unknown): void {
    if (isCinderError(error)) this.log.debug({ err: error }, 'A provider could not be searched for leftovers');
    else this.log.error({ err: error }, 'Leftovers could not be looked for');
  }
}
