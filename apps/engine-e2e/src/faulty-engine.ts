import 'reflect-metadata';
import { announceReady, faultHooks, summons } from '@clinker/sagas/testing';
import { EngineModule } from '../../engine/src/engine.module';
import { startEngine } from '../../engine/src/engine.server';
import { readEngineSettings } from '../../engine/src/engine.settings';

/** The real engine, with fault points in its sagas. Forked by tests: see engine-fork.ts. */
async function main(): Promise<void> {
  await summons();
  const hooks = faultHooks();
  const settings = readEngineSettings();
  await startEngine(settings, EngineModule.with(settings, hooks));
  await announceReady();
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
  process.exit(1);
});
