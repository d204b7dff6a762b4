import { execFileSync } from 'node:child_process';
import { LAB, ROOT } from './lab';

/** One line of `lab env`. */
const VARIABLE = /^export (\w+)='(.*)'$/gm;

/**
 * Gives each of Jest's workers a lab of its own: the first has the main one, the second that of the name `worker-2`, and so on. Specs look at all
 * that is in a lab, and kill parts of it, so that there can be only one at a time. Runs before each spec file.
 */
function useOwnLab(worker = '1'): void {
  if (worker === '1') return;
  process.env['LAB_NAME'] = `worker-${worker}`;
  const lines = execFileSync(process.execPath, [LAB, 'env'], { cwd: ROOT, env: process.env, encoding: 'utf8' });
  for (const [, name, value] of lines.matchAll(VARIABLE)) process.env[name!] = value!;
}

useOwnLab(process.env['JEST_WORKER_ID']);
