import type { Logger } from '@clinker/logging';
import type { LoggerService } from '@nestjs/common';

/** Nest's own lines through the daemon's logger, so that there is one format. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(this.facts(rest), String(message));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn(this.facts(rest), String(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.logger.error(this.facts(rest), String(message));
  }

  private facts(rest: readonly unknown[]): { context?: string } {
    const context = rest.at(-1);
    return typeof context === 'string' ? { context } : {};
  }
}
