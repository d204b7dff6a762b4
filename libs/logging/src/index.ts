export { addToLogContext, createLogger, logContext, withLogContext } from './logging';
export type { LogContext, Logger } from './logging';
