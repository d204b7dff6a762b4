import { ForkedFaults } from '@clinker/sagas/testing';
import { join } from 'node:path';
import { ROOT, lab, labValue } from './lab';

/** Compiled by `npm run build`, as the engine itself. */
const ENTRY = join(ROOT, 'dist-tests', 'apps', 'engine-e2e', 'src', 'faulty-engine.js');

/** The settings of the lab's engine. */
export function engineEnvironment(): NodeJS.ProcessEnv {
  const folder = labValue('LAB_FOLDER');
  const names = ['CLINKER_CA', 'DATABASE_URL', 'REDIS_URL', 'NATS_URL', 'NATS_CA', 'NATS_NKEY_SEED_FILE'];
  return {
    ...Object.fromEntries(names.map((name) => [name, labValue(name)])),
    CLINKER_HTTP_ADDRESS: new URL(labValue('CLINKER_URL')).host,
    CLINKER_TLS_CERT: join(folder, 'tls', 'engine.crt'),
    CLINKER_TLS_KEY: join(folder, 'tls', 'engine.key'),
    CLINKER_KEY_FILE: join(folder, 'engine', 'key-encryption.key'),
    CLINKER_ADMIN_PASSWORD_FILE: join(folder, 'engine', 'admin.password'),
    CLINKER_LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
  };
}

/** An engine in the place of the lab's, with fault points. It comes back whenever it is killed. */
export class EngineFork extends ForkedFaults {
  /** @param settings of its own, in the place of the lab's */
  constructor(settings: NodeJS.ProcessEnv = {}) {
    super({ entry: ENTRY, environment: () => ({ ...engineEnvironment(), ...settings }), readyWithinMs: 30_000, hasSpare: true });
  }

  /** Takes the place of the lab's engine. */
  async takeOver(): Promise<void> {
    await lab('stop', 'engine');
    await this.process.start();
  }

  /** Gives the place back. */
  async giveBack(): Promise<void> {
    await this.process.stop();
    await lab('start', 'engine');
  }
}
