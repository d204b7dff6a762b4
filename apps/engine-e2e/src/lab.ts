import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** The checkout: this file may run from its source or from dist-tests/. */
export const ROOT = join(__dirname, ...(__dirname.includes(join('dist-tests', 'apps')) ? ['..'] : []), '..', '..', '..');
/** The lab's command line. */
export const LAB = join(ROOT, 'deploy', 'lab', 'lab.mjs');

/** Room for the longest answer of a tool (bytes). */
const MAX_OUTPUT = 16 * 1024 * 1024;

/** Runs a command of the lab, e.g. `lab('kill', 'engine')`, and gives what it prints. */
export async function lab(...words: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [LAB, ...words], { cwd: ROOT, env: process.env, maxBuffer: MAX_OUTPUT });
  return stdout;
}

/** Runs a tool inside a part, e.g. `inLab('ceph', 'rbd', 'ls')`. */
export const inLab = (part: string, ...command: string[]): Promise<string> => lab('exec', part, ...command);

/** A value of `lab env`. @throws Error if it was not set: `eval "$(npm run -s lab -- env)"` */
export function labValue(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set. Run: eval "$(npm run -s lab -- env)"`);
  return value;
}

/** Waits until something is so, looking again every `everyMs`. What it looks at has no event to wait for. @throws Error with what was seen last */
export async function until<T>(what: string, look: () => Promise<T>, isSo: (seen: T) => boolean, withinMs = 60_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The names of the lab's hosts. */
export const labHosts = (): string[] => labValue('LAB_HOSTS').split(' ');
