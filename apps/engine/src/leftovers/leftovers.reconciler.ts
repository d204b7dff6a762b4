import { isCinderError } from '@clinker/cinder';
import type { Logger } from '@clinker/logging';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { LOGGER } from '../logger';
import { RepeatedLook } from '../reconciling/repeated.look';
import { LeftoverLookClient } from './leftover-look.client';

/** Looks from time to time for what is left over in the storage, and for disks that have lost their volume. */
@Injectable()
export class LeftoversReconciler implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly looks = new RepeatedLook(
    () => this.lookAtAll(),
    (error) => this.report(error),
  );

  constructor(
    private readonly client: LeftoverLookClient,
    @Inject(ENGINE_SETTINGS) private readonly settings: EngineSettings,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.looks.every(this.settings.CLINKER_LEFTOVERS_EVERY);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.looks.end();
  }

  /** A provider that does not answer now does not keep us from the others. */
  private async lookAtAll(): Promise<void> {
    for (const providerId of await this.client.providers())
      await this.client.look(providerId).catch((error: unknown) => this.report(error));
    await this.client.cleanDue();
  }

  private report(error: unknown): void {
    if (isCinderError(error)) this.log.debug({ err: error }, 'A provider could not be searched for leftovers');
    else this.log.error({ err: error }, 'Leftovers could not be looked for');
  }
}
