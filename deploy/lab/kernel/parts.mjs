// @ts-check
/**
 * Parts of the lab and their order. A part is a daemon, or a step without a process (a bridge, a schema, users).
 * Parts start side by side as soon as what they need is up.
 */
import { rmSync } from 'node:fs';
import { LabError, run, until } from './run.mjs';
import { killProcess, livingProcess, logFile, logTail, startProcess, stopProcess } from './processes.mjs';

/** @typedef {import('./settings.mjs').Lab} Lab */
/** @typedef {import('./processes.mjs').CommandLine} CommandLine */

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string[]} needs names of parts that must be up before
 * @property {() => Promise<void> | void} [prepare] settings and data for a start; may be repeated
 * @property {() => CommandLine} [command] absent: a step without a process
 * @property {() => Promise<boolean> | boolean} ready whether it does its work now
 * @property {() => Promise<void>} [provision] makes what the part must contain; cheap when it is there
 * @property {boolean} [onDemand] only started when it is named: `lab start PART`
 * @property {() => string | undefined} [absence] why the part cannot be started now, if so
 * @property {(record: import('./processes.mjs').ProcessRecord) => boolean} [outdated] the running process should be replaced
 * @property {import('./processes.mjs').StopOptions} [stop]
 * @property {number} [timeoutMs] for `ready`, 60 s if not given
 * @property {number} [everyMs] between two looks at `ready`, 50 if not given
 */

/** @typedef {'running' | 'started' | 'done' | 'absent'} Outcome */

/**
 * @param {Lab} lab
 * @param {Part} part
 * @returns {Promise<Outcome>}
 */
export async function bringUp(lab, part) {
  if (!part.command) return bringUpStep(part);
  const living = livingProcess(lab.folder, part.name);
  if (living && !part.outdated?.(living)) {
    await waitReady(lab, part);
    await part.provision?.();
    return 'running';
  }
  if (part.absence?.()) return 'absent';
  if (living) await stopPart(lab, part);
  await part.prepare?.();
  await startProcess(lab.folder, part.name, part.command());
  await waitReady(lab, part);
  await part.provision?.();
  return 'started';
}

/** @param {Part} part @returns {Promise<Outcome>} */
async function bringUpStep(part) {
  if (await part.ready()) return 'running';
  await part.prepare?.();
  await part.provision?.();
  await until(part.ready, { what: part.name, timeoutMs: part.timeoutMs ?? 60_000 });
  return 'done';
}

/** @param {Lab} lab @param {Part} part */
async function waitReady(lab, part) {
  const ready = () => {
    if (!livingProcess(lab.folder, part.name)) throw new LabError(`${part.name} ended`);
    return part.ready();
  };
  try {
    await until(ready, { what: `${part.name} to be ready`, timeoutMs: part.timeoutMs ?? 60_000, everyMs: part.everyMs ?? 50 });
  } catch (error) {
    const reason = /** @type {Error} */ (error).message;
    throw new LabError(`${reason}; the end of ${logFile(lab.folder, part.name)}:\n${logTail(lab.folder, part.name)}`, { cause: error });
  }
}

/** @param {Lab} lab @param {Part} part */
export async function stopPart(lab, part) {
  if (part.command) await stopProcess(lab.folder, part.name, part.stop);
}

/** @param {Lab} lab @param {Part} part */
export async function killPart(lab, part) {
  if (part.command) await killProcess(lab.folder, part.name);
}

/** @param {Lab} lab @param {Part} part */
export const isLiving = (lab, part) => Boolean(part.command && livingProcess(lab.folder, part.name));

/**
 * Runs an action over parts, each as soon as the parts it waits for are through.
 * @template T
 * @param {Part[]} parts
 * @param {(part: Part) => string[]} waitsFor
 * @param {(part: Part) => Promise<T>} action
 * @returns {Promise<Map<string, T>>}
 */
export async function inOrder(parts, waitsFor, action) {
  /** @type {Map<string, Promise<T>>} */
  const running = new Map();
  const byName = new Map(parts.map((part) => [part.name, part]));
  /** @param {Part} part @returns {Promise<T>} */
  const runOne = (part) => {
    const known = running.get(part.name);
    if (known) return known;
    const before = waitsFor(part).flatMap((name) => byName.get(name) ?? []);
    const task = Promise.all(before.map(runOne)).then(() => action(part));
    running.set(part.name, task);
    return task;
  };
  const ends = await Promise.allSettled(parts.map(runOne));
  const failures = new Set(ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : [])));
  if (failures.size > 0) throw new LabError([...failures].map(messageOf).join('\n\n'), { cause: [...failures][0] });
  return new Map(await Promise.all([...running].map(async ([name, task]) => /** @type {[string, T]} */ ([name, await task]))));
}

/** @param {unknown} error */
const messageOf = (error) => (error instanceof LabError ? error.message : String(/** @type {Error} */ (error)?.stack ?? error));

/** Names of the parts that need a given one, for stopping in reverse. @param {Part[]} parts @param {Part} part */
export const dependantsOf = (parts, part) => parts.filter((other) => other.needs.includes(part.name)).map((other) => other.name);

/** Proportional memory of processes in bytes. @param {number[]} pids */
export async function memoryOf(pids) {
  const files = pids.map((pid) => `/proc/${pid}/smaps_rollup`);
  const { stdout } = await run('grep', ['-h', '^Pss:', ...files], { mayFail: true });
  return stdout.split('\n').reduce((sum, line) => sum + Number(line.split(/\s+/)[1] ?? 0) * 1024, 0);
}

/** Removes a folder of data. @param {string} folder */
export const removeFolder = (folder) => rmSync(folder, { recursive: true, force: true });
