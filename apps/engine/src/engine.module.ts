import type { SagaHooks } from '@clinker/sagas';
import { type DynamicModule, Module } from '@nestjs/common';
import { ENGINE_NOUNS } from './engine.nouns';
import type { EngineSettings } from './engine.settings';
import { FoundationModule } from './foundation.module';
import { HostAgentsModule } from './hosts/host-agents.module';
import { HostConnectionModule } from './hosts/host-connection.module';

/** The engine, whole. */
@Module({})
export class EngineModule {
  /** @param hooks fault points, for tests only */
  static with(settings: EngineSettings, hooks: SagaHooks = {}): DynamicModule {
    return {
      module: EngineModule,
      imports: [FoundationModule.with(settings, hooks), HostConnectionModule, ...ENGINE_NOUNS, HostAgentsModule],
    };
  }
}
