import { AsyncLocalStorage } from 'node:async_hooks';
import pino from 'pino';

/** What every line of one request or operation carries. */
export interface LogContext {
  readonly correlationId?: string;
  readonly operationId?: string;
  /** Who asked for the work, if somebody did. */
  readonly userId?: string | undefined;
}

export type Logger = pino.Logger;

const context = new AsyncLocalStorage<LogContext>();

/** Names of fields whose values never reach a log, at any of the first three levels of an object. */
const SECRETS = ['password', 'value', 'token', 'secret', 'authorization', 'keyring', 'auth_password', 'access_token'];

/**
 * A daemon's logger: JSON lines on standard output, one constant message and facts as fields, with the correlation id of the running work.
 * @param name the daemon, e.g. `engine`
 * @param level pino's levels, e.g. `info`
 */
export function createLogger(name: string, level = 'info', destination?: pino.DestinationStream): Logger {
  const paths = SECRETS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  const options: pino.LoggerOptions = { name, level, redact: { paths, censor: '***' }, mixin: () => ({ ...context.getStore() }) };
  return destination ? pino(options, destination) : pino(options);
}

/** Runs work whose log lines carry these facts. */
export const withLogContext = <T>(facts: LogContext, work: () => T): T => context.run({ ...context.getStore(), ...facts }, work);

/** Adds what has become known of the running work to its log lines from now on. Outside of any work it does nothing. */
export function addToLogContext(facts: LogContext): void {
  Object.assign(context.getStore() ?? {}, facts);
}

/** The facts of the running work. */
export const logContext = (): LogContext => context.getStore() ?? {};
