import { AgentError } from '@clinker/agent-protocol';
import { spawn } from 'node:child_process';
import { lastLine } from './rbd-image.inspector';

/** A copy that runs. */
export interface RunningCopy {
  /** Per cent. */
  readonly progress: number;
  /** @throws AgentError `copy_failed` */
  readonly ended: Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

const PROGRESS = /\((\d+(?:\.\d+)?)\/100%\)/g;
const MOST_ERRORS = 16_384;

/**
 * Without cache, so that what is copied is on the storage at the end. The target's old content is overwritten, also by zeros: not every back
 * end makes its volumes empty. `setpriv` lets the kernel end the copy with the agent: nobody else would know of it.
 */
const ARGUMENTS = ['--pdeathsig', 'KILL', 'qemu-img', 'convert', '-n', '-p', '-f', 'raw', '-O', 'raw', '-W'];

/** A file may be on a file system that cannot do without cache. */
const cached = (isFile: boolean): string => (isFile ? 'writeback' : 'none');

/**
 * Copies all data between two images, named as QEMU names them; the target has at least the source's size.
 * @param file which of them is a file
 */
export function startCopy(source: string, target: string, file?: 'source' | 'target'): RunningCopy {
  const caches = ['-t', cached(file === 'target'), '-T', cached(file === 'source')];
  const child = spawn('setpriv', [...ARGUMENTS, ...caches, source, target], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  });
  const copy = { progress: 0, kill: () => void child.kill('SIGKILL') };
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const seen = [...chunk.toString().matchAll(PROGRESS)].at(-1)?.[1];
    if (seen !== undefined) copy.progress = Number(seen);
  });
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-MOST_ERRORS)));
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', (cause) => reject(new AgentError('copy_failed', 'qemu-img cannot be run on this host', { cause })));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve();
      reject(new AgentError('copy_failed', lastLine(errors) || `qemu-img ended by ${signal ?? `code ${code}`}`));
    });
  });
  return Object.assign(copy, { ended });
}
