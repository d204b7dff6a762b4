// @ts-check
/** Runs one command to its end and waits for conditions. */
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { daemonEnv } from './settings.mjs';

/** A failure that the user of the lab reads: the message is enough. */
export class LabError extends Error {
  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super(message, options);
    this.name = 'LabError';
  }
}

/**
 * @typedef {object} RunOptions
 * @property {Record<string, string>} [env] added to the daemons' environment
 * @property {string} [input] written to the standard input
 * @property {string} [cwd]
 * @property {boolean} [mayFail] a non-zero end is returned instead of thrown
 */

/**
 * Runs a command; its output is kept for the error only. Secrets belong in `env` or `input`, never in `args`.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{code: number, stdout: string, stderr: string}>}
 */
export async function run(command, args, options = {}) {
  const child = spawn(command, args, { env: daemonEnv(options.env), cwd: options.cwd ?? '/', stdio: ['pipe', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (output.stderr += text));
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const code = await new Promise((resolve, reject) => {
    child.on('error', (cause) => reject(new LabError(`cannot run ${command}`, { cause })));
    child.on('close', (status, signal) => resolve(status ?? (signal ? 128 : 1)));
  });
  if (code !== 0 && !options.mayFail) {
    throw new LabError(`${command} ${args.slice(0, 3).join(' ')} ended with ${code}:\n${(output.stderr || output.stdout).slice(-2000)}`);
  }
  return { code, ...output };
}

/**
 * Waits until a condition holds.
 * @param {() => Promise<boolean> | boolean} condition may throw: that counts as not yet
 * @param {{what: string, timeoutMs: number, everyMs?: number}} options
 */
export async function until(condition, { what, timeoutMs, everyMs = 50 }) {
  const end = Date.now() + timeoutMs;
  let cause;
  for (;;) {
    try {
      if (await condition()) return;
    } catch (error) {
      if (error instanceof LabError) throw error;
      cause = error;
    }
    if (Date.now() > end) throw new LabError(`${what}: not within ${timeoutMs / 1000} s`, { cause });
    await delay(everyMs);
  }
}
