import type { Logger } from '@clinker/logging';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CinderReaders } from '../cinder/cinder.readers';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { LOGGER } from '../logger';
import { DomainHealthService } from './domain-health.service';
import { readPools } from './domain.capacity';
import { type Finding, findingOf } from './domain.health';
import type { StorageDomain } from './storage-domain.entity';

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Looks at the Cinders of the domains in use, and at their capacity. */
@Injectable()
export class DomainHealthReconciler implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private readonly busy = new Map<string, Promise<void>>();

  constructor(
    private readonly health: DomainHealthService,
    private readonly readers: CinderReaders,
    @Inject(ENGINE_SETTINGS) private readonly settings: EngineSettings,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), this.settings.CLINKER_PROVIDER_LOOK);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await Promise.allSettled(this.busy.values());
  }

  /** Begins to look at all domains that are due. A Cinder that keeps us waiting delays no other. Never throws. */
  private async look(): Promise<void> {
    try {
      // Timers are not exact: what is due a moment later is due now.
      const due = await this.health.claimDue(0.8 * this.settings.CLINKER_PROVIDER_LOOK);
      for (const domain of due.filter(({ id }) => !this.busy.has(id))) this.busy.set(domain.id, this.lookAt(domain));
    } catch (error) {
      this.log.error({ err: error }, 'The storage domains could not be looked at');
    }
  }

  private async lookAt(domain: StorageDomain): Promise<void> {
    try {
      await this.health.note(domain.id, await this.ask(domain));
    } catch (error) {
      this.log.error({ err: error, domain: domain.name }, 'The health of a storage domain could not be noted');
    } finally {
      this.busy.delete(domain.id);
    }
  }

  private async ask({ providerId }: StorageDomain): Promise<Finding> {
    try {
      const cinder = await this.readers.reader(providerId);
      await cinder.limits();
      return findingOf(await readPools(cinder));
    } catch (error) {
      return { status: 'error', reason: reasonOf(error) };
    }
  }
}
