import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const ENTRY = resolve(__dirname, '../../../../dist/apps/host-agent/src/main.js');
const KIB = 1_024;

/** The built agent as a process of its own, started as deploy/systemd starts it. */
export class AgentProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly errors: string[],
  ) {}

  static start(settings: NodeJS.ProcessEnv): AgentProcess {
    if (!existsSync(ENTRY)) throw new Error(`${ENTRY} is missing: npm run build`);
    const child = spawn(process.execPath, ['--max-semi-space-size=2', ENTRY], {
      env: { PATH: process.env['PATH'], ...settings },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const errors: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
    return new AgentProcess(child, errors);
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill(signal);
      await ended;
    }
    return this.child.exitCode;
  }

  /** Waits for the end that comes by itself; its code, and what it said on standard error. */
  async ended(): Promise<{ code: number | null; errors: string }> {
    if (this.child.exitCode === null) await once(this.child, 'close');
    return { code: this.child.exitCode, errors: this.errors.join('') };
  }

  /** Resident memory in bytes. */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * KIB;
  }

  /** Command line and environment, as every user of the host may read the former. */
  visible(): string {
    return readFileSync(`/proc/${this.child.pid}/cmdline`, 'utf8') + readFileSync(`/proc/${this.child.pid}/environ`, 'utf8');
  }
}
