import 'reflect-metadata';
import { createLogger } from '@clinker/logging';
import { AgentDaemon } from './agent.daemon';
import { readAgentSettings } from './agent.settings';
import { ensureHostNqn } from './host/host-nqn.file';

async function main(): Promise<void> {
  const settings = readAgentSettings();
  const logger = createLogger('host-agent', settings.CLINKER_LOG_LEVEL);
  await ensureHostNqn().catch((error: unknown) => logger.warn({ err: error }, 'The host has no NVMe name'));
  const running: { daemon?: AgentDaemon; stopping?: boolean } = {};
  const stop = (signal: string): void => {
    logger.info({ signal }, 'Stopping');
    running.stopping = true;
    void Promise.resolve(running.daemon?.stop()).finally(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  running.daemon = await AgentDaemon.start(settings, logger);
  await running.daemon.ended;
  if (!running.stopping) process.exit(1);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
