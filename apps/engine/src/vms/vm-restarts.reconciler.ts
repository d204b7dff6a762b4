import type { Logger } from '@clinker/logging';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HostSignals } from '../hosts/host-signals';
import { LOGGER } from '../logger';
import { RepeatedLook } from '../reconciling/repeated.look';
import { VmRestarts } from './vm-restarts.service';

/** How often (ms) it looks. */
const LOOK_EVERY_MS = 1_000;

/** How long (ms) after a host can be used again what waits is tried: by then it has its keys. */
const HURRY_MS = 5_000;

/** Starts highly available VMs again that went down, the most important first. */
@Injectable()
export class VmRestartsReconciler implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly looks = new RepeatedLook(
    () => this.look(),
    (error) => this.complain(error),
  );

  constructor(
    private readonly restarts: VmRestarts,
    private readonly signals: HostSignals,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.signals.on('present', () => void this.restarts.hurry(HURRY_MS).catch((error: unknown) => this.complain(error)));
    this.looks.every(LOOK_EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.looks.end();
  }

  private async look(): Promise<void> {
    if (!(await this.restarts.areThereAny())) return;
    await this.restarts.forgetSettled();
    while (await this.restarts.serveNext());
  }

  private complain(error: unknown): void {
    this.log.error({ err: error }, 'Highly available VMs could not be started again');
  }
}
