import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { engineEnvironment } from '../engine-fork';
import { ROOT, lab, labValue } from '../lab';

const ENTRY = join(ROOT, 'dist', 'apps', 'engine', 'src', 'main.js');

/** How long (ms) a supervisor waits before it starts a service again. */
const RESTART_MS = 200;

/** The engine as it is deployed, in the place of the lab's, started again whatever it dies of: as systemd does it. */
export class SupervisedEngine {
  private child: ChildProcess | undefined;
  private stopping = false;
  private running: Promise<void> = Promise.resolve();
  /** How often it died otherwise than by our hand, such as without a database. */
  otherDeaths = 0;

  constructor(private readonly settings: NodeJS.ProcessEnv = {}) {}

  async takeOver(): Promise<void> {
    await lab('stop', 'engine');
    this.running = this.supervise();
  }

  /** Ends it, and starts the lab's again, with whatever else of the lab is down. */
  async giveBack(): Promise<void> {
    this.stopping = true;
    this.child?.kill('SIGTERM');
    await this.running;
    await lab('up');
  }

  /** SIGKILL. @returns false if it was not there */
  kill(): boolean {
    return this.child?.kill('SIGKILL') ?? false;
  }

  private async supervise(): Promise<void> {
    const log = openSync(join(labValue('LAB_FOLDER'), 'logs', 'chaos-engine.log'), 'a');
    const env = { PATH: process.env['PATH'], ...engineEnvironment(), ...this.settings };
    while (!this.stopping) {
      this.child = spawn(process.execPath, ['--enable-source-maps', ENTRY], { env, stdio: ['ignore', log, log] });
      const [, signal] = (await once(this.child, 'exit')) as [number | null, string | null];
      if (signal !== 'SIGKILL' && !this.stopping) this.otherDeaths += 1;
      if (!this.stopping) await pause(RESTART_MS);
    }
    closeSync(log);
  }
}
