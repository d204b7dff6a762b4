import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';

export interface ForkOptions {
  /** A compiled module, or a `.ts` one of this project, which is then compiled on the way. */
  entry: string;
  /** Asked for at every start. It is all that the process gets beside `PATH`. */
  environment: () => NodeJS.ProcessEnv;
  /** How long a start may take until `announceReady`; 20 s unless given. */
  readyWithinMs?: number;
  /** Whether the next process is loaded while one is ready, so that it begins sooner; it then waits in `summons`. */
  hasSpare?: boolean;
}

const typescriptHook = join(__dirname, 'typescript-hook.js');
const outputLimit = 8192;

/** A process of its own for what a test wants to kill. It is started again whenever it dies by SIGKILL. */
export class ForkedProcess {
  readonly #messages = new EventEmitter().setMaxListeners(0);
  #child: ChildProcess | undefined;
  #spare: ChildProcess | undefined;
  #ready: Promise<void> = Promise.reject(new Error('The process has not been started'));
  #output = '';
  #stopping = false;

  constructor(private readonly options: ForkOptions) {
    this.#ready.catch(() => undefined);
  }

  /** Starts the process, and resolves when it is ready. Throws with the end of its output if it ends instead. */
  async start(): Promise<void> {
    this.#stopping = false;
    this.#ready = this.#readiness(this.#spawn());
    await this.ready();
  }

  /** Resolves when the process is ready, after as many deaths as it takes. */
  async ready(): Promise<void> {
    let seen;
    do {
      seen = this.#ready;
      await seen;
    } while (seen !== this.#ready);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Sends a signal; SIGKILL makes it start again. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Kills the process, and resolves when it is dead; it is starting again then. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Ends the process by SIGTERM, and by SIGKILL if that does not help within 15 s. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#spare?.kill('SIGKILL');
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
    child.kill('SIGTERM');
    await once(child, 'exit');
    clearTimeout(timer);
  }

  /** Sends a message. Resolves when it is in the pipe; throws if the process is dead. */
  async send(message: object): Promise<void> {
    const child = this.#child;
    await new Promise<void>((resolve, reject) => {
      if (!child?.connected) reject(new Error('The process is not running'));
      else child.send(message, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Calls `listener` with every message of the process. Returns the function that takes it back. */
  onMessage(listener: (message: unknown) => void): () => void {
    this.#messages.on('message', listener);
    return () => this.#messages.off('message', listener);
  }

  /** Calls `listener` whenever the process has died. Returns the function that takes it back. */
  onExit(listener: () => void): () => void {
    this.#messages.on('exit', listener);
    return () => this.#messages.off('exit', listener);
  }

  #spawn(): ChildProcess {
    const child = this.#spare ?? this.#fork();
    this.#spare = undefined;
    this.#child = child;
    this.#output = '';
    this.#watchEnd(child);
    if (this.options.hasSpare) child.send({ kind: 'saga-faults/begin', environment: this.options.environment() });
    return child;
  }

  #fork(): ChildProcess {
    const { entry, environment } = this.options;
    const execArgv = entry.endsWith('.ts') ? ['--require', typescriptHook] : [];
    const env = { PATH: process.env['PATH'], ...environment() };
    const child = fork(entry, { execArgv, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => this.#note(data));
    child.on('message', (message) => this.#messages.emit('message', message));
    return child;
  }

  #keepSpare(): void {
    if (!this.options.hasSpare || this.#spare || this.#stopping) return;
    const spare = this.#fork();
    this.#spare = spare;
    spare.once('exit', () => {
      if (this.#spare === spare) this.#spare = undefined;
    });
  }

  #note(data: Buffer): void {
    this.#output = (this.#output + data.toString()).slice(-outputLimit);
  }

  /**
   * Its end shows in two ways, in any order: the process is gone, and so is the channel, in which its last words may still be.
   * From the first of them on it is not ready. Whoever has not been killed is not started again: what it died of must be seen.
   */
  #watchEnd(child: ChildProcess): void {
    const end = Promise.all([once(child, 'exit'), once(child, 'disconnect')]).then(([[code, signal]]) => {
      this.#messages.emit('exit');
      if (signal !== 'SIGKILL' || this.#stopping) throw this.#failure(`ended with ${String(code ?? signal)}`);
      return this.#readiness(this.#spawn());
    });
    end.catch(() => undefined);
    const notReady = () => {
      if (this.#child === child) this.#ready = end;
    };
    child.once('exit', notReady).once('disconnect', notReady);
  }

  #failure(problem: string): Error {
    return new Error(`${this.options.entry} ${problem}: ${this.#output}`);
  }

  /** A start that is killed before it was ready is no failure: the next one counts. */
  #readiness(child: ChildProcess): Promise<void> {
    const withinMs = this.options.readyWithinMs ?? 20_000;
    return new Promise<void>((resolve, reject) => {
      const fail = (problem: string) => reject(this.#failure(problem));
      const timer = setTimeout(() => fail(`was not ready within ${withinMs} ms`), withinMs);
      child.on('message', (message) => {
        if (!isReady(message)) return;
        clearTimeout(timer);
        this.#keepSpare();
        resolve();
      });
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        if (signal === 'SIGKILL' && !this.#stopping) resolve();
        else fail(`ended with ${code ?? signal}`);
      });
    });
  }
}

function isReady(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'ready';
}
