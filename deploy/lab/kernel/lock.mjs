// @ts-check
/** Only one command at a time changes the lab of a checkout. */
import { linkSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { forgetProcess, livingProcess, recordProcess } from './processes.mjs';
import { until } from './run.mjs';
import { LAB_FOLDER } from './settings.mjs';

const NAME = 'lab-command';
const LOCK = path.join(LAB_FOLDER, 'pids', `${NAME}.json`);

/** Tries to become the one command; a dead holder's lock is removed. @returns {boolean} */
function tryLock() {
  const mine = `lab-command.${process.pid}`;
  recordProcess(LAB_FOLDER, mine, process.pid);
  try {
    linkSync(path.join(LAB_FOLDER, 'pids', `${mine}.json`), LOCK);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    if (!livingProcess(LAB_FOLDER, NAME)) forgetProcess(LAB_FOLDER, NAME);
    return false;
  } finally {
    forgetProcess(LAB_FOLDER, mine);
  }
}

/**
 * Runs an action while no other command changes this lab; waits for the one that does.
 * @template T
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function exclusively(action) {
  mkdirSync(path.join(LAB_FOLDER, 'pids'), { recursive: true });
  await until(tryLock, { what: 'another lab command to end', timeoutMs: 600_000, everyMs: 100 });
  try {
    return await action();
  } finally {
    rmSync(LOCK, { force: true });
  }
}
