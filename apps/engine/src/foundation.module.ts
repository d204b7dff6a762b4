import type { Logger } from '@clinker/logging';
import type { SagaHooks } from '@clinker/sagas';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AccountsModule } from './accounts/accounts.module';
import { DatabaseModule } from './database/database.module';
import { EncryptionModule } from './encryption/encryption.module';
import { ENGINE_SETTINGS, type EngineSettings } from './engine.settings';
import { EventsModule } from './events/events.module';
import { FollowModule } from './follow/follow.module';
import { AuthGuard } from './http/auth.guard';
import { ConnectionCloser } from './http/connection.closer';
import { FaultFilter } from './http/fault.filter';
import { ReplySender } from './http/reply.sender';
import { JobsModule } from './jobs/jobs.module';
import { LOGGER, LoggerModule } from './logger';
import { AccessGuard } from './permissions/access.guard';
import { OpenApiModule } from './openapi/openapi.module';
import { PermissionsModule } from './permissions/permissions.module';
import { PlacePermissionsController } from './permissions/place-permissions.controller';
import { PrincipalPermissionsController } from './permissions/principal-permissions.controller';
import { VisibleLists } from './permissions/visible-lists';
import { RetentionModule } from './retention/retention.module';
import { RootModule } from './root/root.module';
import { SagasModule } from './sagas/sagas.module';

@Global()
@Module({})
class SettingsModule {
  static with(settings: EngineSettings): DynamicModule {
    return { module: SettingsModule, providers: [{ provide: ENGINE_SETTINGS, useValue: settings }], exports: [ENGINE_SETTINGS] };
  }
}

/** What every noun stands on: settings, log, database, encryption, sagas, log-in, events, jobs, and the ways of HTTP. */
@Module({})
export class FoundationModule {
  /** @param hooks fault points, for tests only */
  static with(settings: EngineSettings, hooks: SagaHooks = {}): DynamicModule {
    return {
      module: FoundationModule,
      imports: [
        SettingsModule.with(settings),
        LoggerModule,
        DatabaseModule,
        EncryptionModule,
        SagasModule.with(hooks),
        PermissionsModule,
        AccountsModule,
        FollowModule,
        EventsModule,
        JobsModule,
        RetentionModule,
        RootModule,
        OpenApiModule,
      ],
      // Here, and so before the nouns' routes: what a noun answers to its sub-collection `permissions` is only its link.
      controllers: [PlacePermissionsController, PrincipalPermissionsController],
      providers: [
        ConnectionCloser,
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_GUARD, useClass: AccessGuard },
        ReplySender,
        VisibleLists,
        { provide: APP_FILTER, useFactory: (log: Logger) => new FaultFilter(log), inject: [LOGGER] },
      ],
    };
  }
}
