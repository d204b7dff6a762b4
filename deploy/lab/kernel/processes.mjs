// @ts-check
/**
 * Daemons as processes of their own session that outlive the command that started them.
 * A process is known by pid, start time and boot: a recycled pid is never taken for ours.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readIfThere, writeFile } from './files.mjs';
import { LabError, until } from './run.mjs';
import { OWNER } from './settings.mjs';

/** @typedef {{pid: number, startTime: string, boot: string, startedAt: number}} ProcessRecord */
/** @typedef {{signal?: NodeJS.Signals, graceMs?: number, wholeGroup?: boolean}} StopOptions `wholeGroup`: behind a program that passes no signals on */
/** @typedef {{command: string, args: string[], env: Record<string, string>, cwd?: string}} CommandLine */

const bootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** State, parent, group and start time out of /proc. @param {number} pid */
function statOf(pid) {
  const text = readIfThereOrGone(`/proc/${pid}/stat`);
  if (!text) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', parent: Number(fields[1]), group: Number(fields[2]), startTime: fields[19] ?? '' };
}

/** @param {string} file */
function readIfThereOrGone(file) {
  try {
    return readIfThere(file);
  } catch {
    // ESRCH: the process ended between open and read.
    return undefined;
  }
}

/** @param {string} folder @param {string} name */
const recordFile = (folder, name) => path.join(folder, 'pids', `${name}.json`);

/** @param {number} pid @returns {ProcessRecord} */
function recordOf(pid) {
  return { pid, startTime: statOf(pid)?.startTime ?? '', boot: bootId(), startedAt: Date.now() };
}

/** Writes down that this process is a living part of the lab. @param {string} folder @param {string} name @param {number} pid */
export function recordProcess(folder, name, pid) {
  writeFile(recordFile(folder, name), JSON.stringify(recordOf(pid)));
}

/** @param {string} folder @param {string} name */
export function forgetProcess(folder, name) {
  rmSync(recordFile(folder, name), { force: true });
}

/**
 * The living process of that name.
 * @param {string} folder the lab's folder
 * @param {string} name
 * @returns {ProcessRecord | undefined}
 */
export function livingProcess(folder, name) {
  const text = readIfThereOrGone(recordFile(folder, name));
  if (!text) return undefined;
  const record = /** @type {ProcessRecord} */ (JSON.parse(text));
  const stat = statOf(record.pid);
  const ours = stat && stat.state !== 'Z' && stat.startTime === record.startTime && record.boot === bootId();
  return ours ? record : undefined;
}

/** Names of all parts with a living process, in a lab that may be of another checkout. @param {string} folder */
export function livingNames(folder) {
  return recordedNames(folder).filter((name) => livingProcess(folder, name));
}

/** @param {string} folder */
export function recordedNames(folder) {
  try {
    const files = readdirSync(path.join(folder, 'pids')).filter((file) => file.endsWith('.json'));
    return files.map((file) => file.slice(0, -'.json'.length));
  } catch {
    return [];
  }
}

/** @param {string} folder @param {string} name */
export const logFile = (folder, name) => path.join(folder, 'logs', `${name}.log`);

/**
 * Starts a daemon in its own session; its output is appended to its log.
 * @param {string} folder
 * @param {string} name
 * @param {CommandLine} line
 */
export async function startProcess(folder, name, line) {
  mkdirSync(path.join(folder, 'logs'), { recursive: true });
  const log = openSync(logFile(folder, name), 'a');
  const child = spawn(line.command, line.args, { detached: true, stdio: ['ignore', log, log], env: line.env, cwd: line.cwd ?? '/' });
  await new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(undefined));
    child.once('error', (cause) => reject(new LabError(`cannot start ${name}: ${line.command}`, { cause })));
  }).finally(() => closeSync(log));
  recordProcess(folder, name, /** @type {number} */ (child.pid));
  child.unref();
}

/** The last lines that a daemon wrote. @param {string} folder @param {string} name */
export function logTail(folder, name, lines = 15) {
  const text = readIfThereOrGone(logFile(folder, name)) ?? '';
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

/** All processes by parent, out of /proc. @returns {Map<number, number[]>} */
function childrenByParent() {
  /** @type {Map<number, number[]>} */
  const children = new Map();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    const stat = Number.isInteger(pid) ? statOf(pid) : undefined;
    if (stat) children.set(stat.parent, [...(children.get(stat.parent) ?? []), pid]);
  }
  return children;
}

/** A process and everything below it: some daemons put their workers in sessions of their own. @param {number} pid @returns {number[]} */
export function familyOf(pid) {
  const children = childrenByParent();
  const family = [pid];
  for (const member of family) family.push(...(children.get(member) ?? []));
  return family;
}

/** @param {number} pid @param {NodeJS.Signals} signal */
function signal(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
  }
}

/** @param {number} pid */
const isGone = (pid) => statOf(pid) === undefined;

/** Dead, though its parent has not asked for its end yet. @param {number} pid */
export const isDead = (pid) => [undefined, 'Z', 'X'].includes(statOf(pid)?.state);

/** Programs look at pids, so the dead should be gone; init may be slow to reap them, or never do it. @param {number[]} family @param {string} name */
async function waitGone(family, name) {
  await until(() => family.every(isDead), { what: `${name} to be gone after SIGKILL`, timeoutMs: 10_000, everyMs: 10 });
  await until(() => family.every(isGone), { what: name, timeoutMs: 100, everyMs: 10 }).catch(() => undefined);
}

/** @param {number[]} family @param {string} name */
async function killFamily(family, name) {
  family.forEach((pid) => signal(pid, 'SIGKILL'));
  await waitGone(family, name);
}

/**
 * SIGKILL to a daemon's whole process group and to all of its descendants.
 * @param {string} folder
 * @param {string} name
 */
export async function killProcess(folder, name) {
  const record = livingProcess(folder, name);
  if (record) {
    const family = familyOf(record.pid);
    signal(-record.pid, 'SIGKILL');
    await killFamily(family, name);
  }
  forgetProcess(folder, name);
}

/**
 * Ends a daemon: its stop signal first, SIGKILL after the grace time.
 * @param {string} folder
 * @param {string} name
 * @param {StopOptions} [options]
 */
export async function stopProcess(folder, name, { signal: stopSignal = 'SIGTERM', graceMs = 8000, wholeGroup = false } = {}) {
  const record = livingProcess(folder, name);
  if (record) {
    const family = familyOf(record.pid);
    signal(wholeGroup ? -record.pid : record.pid, stopSignal);
    const gone = until(() => family.every(isDead), { what: name, timeoutMs: graceMs, everyMs: 20 });
    await gone.then(() => waitGone(family, name)).catch(() => killFamily(family, name));
  }
  forgetProcess(folder, name);
}

/** Processes that carry a lab's mark, other than this one. @param {string} folder @returns {number[]} */
function markedProcesses(folder) {
  const pids = readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 0 && pid !== process.pid);
  const mark = `${OWNER}=${folder}`;
  return pids.filter((pid) => (readIfThereOrGone(`/proc/${pid}/environ`) ?? '').split('\0').includes(mark));
}

/**
 * SIGKILL to processes of a lab that no part knows of: some programs start others that outlive them.
 * @param {string} folder the lab's folder
 * @param {string} [program] only those that run this program
 */
export async function killStrays(folder, program) {
  const isMeant = (/** @type {number} */ pid) => !program || readIfThereOrGone(`/proc/${pid}/comm`)?.trim() === program;
  await killFamily(markedProcesses(folder).filter(isMeant), 'a stray process');
}
