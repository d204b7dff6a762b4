import 'reflect-metadata';
import { SettingsError } from '@clinker/settings';
import { readEngineSettings } from './engine.settings';
import { startEngine } from './engine.server';

async function main(): Promise<void> {
  await startEngine(readEngineSettings());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof SettingsError ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = 1;
  setImmediate(() => process.exit());
});
