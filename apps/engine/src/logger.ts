import { type Logger, createLogger } from '@clinker/logging';
import { Global, type LoggerService, Module } from '@nestjs/common';
import { ENGINE_SETTINGS, type EngineSettings } from './engine.settings';

/** The token under which the engine's logger is injected. */
export const LOGGER = Symbol('Logger');

/** The engine's logger for everybody. */
@Global()
@Module({
  providers: [
    {
      provide: LOGGER,
      useFactory: (settings: EngineSettings) => createLogger('engine', settings.CLINKER_LOG_LEVEL),
      inject: [ENGINE_SETTINGS],
    },
  ],
  exports: [LOGGER],
})
export class LoggerModule {}

/** Nest's own messages in our log. */
export const nestLogger = (log: Logger): LoggerService => ({
  log: (message: unknown, context?: unknown) => log.debug({ context }, String(message)),
  warn: (message: unknown, context?: unknown) => log.warn({ context }, String(message)),
  error: (message: unknown, stack?: unknown, context?: unknown) => log.error({ context, stack }, String(message)),
});
