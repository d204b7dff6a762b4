import { Operations, type Saga, type SagaHooks, SagaRunner } from '@clinker/sagas';
import type { Logger } from '@clinker/logging';
import { type DynamicModule, Global, Injectable, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { Installation } from '../database/installation.entity';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { LOGGER } from '../logger';
import { ChildOperations } from './child-operations';
import { inContext } from './saga.context';

/** The token of the runner's fault points. */
export const SAGA_HOOKS = Symbol('SagaHooks');

const isSaga = (value: unknown): value is Saga<object> =>
  typeof value === 'object' && value !== null && value.constructor.name.endsWith('Saga') && 'steps' in value && 'state' in value;

/** Makes every provider that is a saga known, and starts the runner when the application is complete. */
@Injectable()
export class SagaStarter implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly runner: SagaRunner,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const instances = this.discovery.getProviders().map(({ instance }: { instance?: unknown }) => instance);
    for (const saga of new Set(instances.filter(isSaga))) this.runner.register(inContext(saga));
    await this.runner.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runner.stop();
  }
}

/** Installations that share a Redis must not take each other's wake-ups: the queue has the installation's id in its prefix. */
async function makeRunner(dataSource: DataSource, settings: EngineSettings, logger: Logger, hooks: SagaHooks): Promise<SagaRunner> {
  const [installation] = await dataSource.manager.find(Installation, { take: 1 });
  const queue = { prefix: `clinker:${installation?.id ?? ''}` };
  return new SagaRunner({ dataSource, redisUrl: settings.REDIS_URL, logger, hooks, queue });
}

/** Durable operations. A saga takes part by being a provider of any module. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    SagaStarter,
    ChildOperations,
    { provide: SagaRunner, useFactory: makeRunner, inject: [DataSource, ENGINE_SETTINGS, LOGGER, SAGA_HOOKS] },
    { provide: Operations, useFactory: (runner: SagaRunner) => new Operations(runner), inject: [SagaRunner] },
  ],
  exports: [Operations, ChildOperations],
})
export class SagasModule {
  /** @param hooks fault points, for tests; the engine itself has none */
  static with(hooks: SagaHooks): DynamicModule {
    return { module: SagasModule, providers: [{ provide: SAGA_HOOKS, useValue: hooks }] };
  }
}
