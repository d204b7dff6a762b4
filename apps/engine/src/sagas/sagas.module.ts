import { Operations, type Saga, SagaRunner } from '@clinker/sagas';
import type { Logger } from '@clinker/logging';
import { Global, Inject, Injectable, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { LOGGER } from '../logger';

/** The token of the runner's fault points; only tests provide it. */
export const SAGA_HOOKS = Symbol('SagaHooks');

const isSaga = (value: unknown): value is Saga<object> =>
  typeof value === 'object' && value !== null && value.constructor.name.endsWith('Saga') && 'steps' in value && 'state' in value;

/** Finds every saga among the providers, and starts the runner when the application is complete. */
@Injectable()
export class SagaStarter implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly runner: SagaRunner,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const instances = this.discovery.getProviders().map(({ instance }: { instance?: unknown }) => instance);
    for (const saga of new Set(instances.filter(isSaga))) this.runner.register(saga);
    await this.runner.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runner.stop();
  }
}

/** Durable operations. A saga takes part by being a provider of any module. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [SagaStarter],
  exports: [],
})
export class SagasModule {}
