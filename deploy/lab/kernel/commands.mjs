// @ts-check
/** What the lab can do: up, down, status, start, stop, kill, restart. */
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ensureCertificates, ensureSecrets } from './secrets.mjs';
import { ensurePackages } from './packages.mjs';
import { partsNamed, partsOf } from './inventory.mjs';
import { bringUp, dependantsOf, inOrder, isLiving, killPart, memoryOf, removeFolder, stopPart } from './parts.mjs';
import { familyOf, killProcess, killStrays, livingProcess, recordedNames } from './processes.mjs';
import { LabError, run } from './run.mjs';
import { claimSlot, isOurs, recordedSlot, recordSlot, releaseSlot, removeNetwork } from './slot.mjs';
import { FURTHER_FOLDER, inLab, LAB_FOLDER, LAB_NAME, labOf, shortFolder } from './settings.mjs';

/** @typedef {import('./settings.mjs').Lab} Lab */
/** @typedef {import('./parts.mjs').Part} Part */

/** Kept by `down`: costly to fetch or build again, and nobody's data. */
const KEPT = new Set(['cache', 'guest', 'pids', 'further']);

const COMMAND_LINE = fileURLToPath(new URL('../lab.mjs', import.meta.url));

/** @param {string} line */
export const say = (line) => void process.stdout.write(`lab: ${line}\n`);

/** The lab of this checkout as it was last brought up. @returns {Lab} */
export function currentLab() {
  const record = recordedSlot();
  if (!record || !isOurs(record.slot)) throw new LabError('the lab is not up: run `npm run lab -- up`');
  return labOf(record.slot, record.hosts, ensureSecrets());
}

/** @param {{hosts?: number | undefined}} wish @returns {Promise<Lab>} */
async function claimLab(wish) {
  const before = recordedSlot();
  const slot = await claimSlot();
  if (before && before.slot !== slot) {
    say(`slot ${before.slot} is taken by another lab: starting in slot ${slot} from empty data`);
    removeData();
  }
  const hosts = wish.hosts ?? before?.hosts ?? 1;
  recordSlot({ slot, hosts });
  return labOf(slot, hosts, ensureSecrets());
}

/** All parts but those named and what needs them. @param {Lab} lab @param {string[]} names */
function partsWithout(lab, names) {
  const left = new Set(names.flatMap((name) => partsNamed(lab, name).map((part) => part.name)));
  const all = partsOf(lab);
  for (let before = -1; before !== left.size;) {
    before = left.size;
    all.filter((part) => part.needs.some((name) => left.has(name))).forEach((part) => left.add(part.name));
  }
  return all.filter((part) => !left.has(part.name) && (!part.onDemand || isLiving(lab, part)));
}

/** @param {number} since */
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** @param {Lab} lab @param {Part} part */
async function bringUpAndTell(lab, part) {
  const began = Date.now();
  const outcome = await bringUp(lab, part);
  if (outcome === 'absent') say(`${part.name.padEnd(22)} left out: ${part.absence?.()}`);
  else if (outcome !== 'running') say(`${part.name.padEnd(22)} ${outcome.padEnd(8)} ${seconds(began)}`);
  return outcome;
}

/**
 * Brings everything up that is not.
 * @param {{hosts?: number | undefined, without: string[]}} wish
 */
export async function up(wish) {
  const began = Date.now();
  await ensurePackages(say);
  const lab = await claimLab(wish);
  await ensureCertificates(lab);
  const parts = partsWithout(lab, wish.without);
  const outcomes = await inOrder(
    parts,
    (part) => part.needs,
    (part) => bringUpAndTell(lab, part),
  );
  const changed = [...outcomes.values()].filter((outcome) => outcome === 'started' || outcome === 'done').length;
  say(`${outcomes.size} parts up (${changed} changed) in ${seconds(began)}; slot ${lab.slot}, logs in ${inLab(lab, 'logs')}`);
}

function removeData() {
  for (const entry of readdirSync(LAB_FOLDER)) {
    if (!KEPT.has(entry)) removeFolder(`${LAB_FOLDER}/${entry}`);
  }
}

/** Ends the labs beside the main one, and removes their folders. */
async function downFurther() {
  if (!existsSync(FURTHER_FOLDER)) return;
  for (const LAB_NAME of readdirSync(FURTHER_FOLDER)) {
    await run(process.execPath, [COMMAND_LINE, 'down'], { env: { LAB_NAME } });
    removeFolder(`${FURTHER_FOLDER}/${LAB_NAME}`);
  }
}

/** Ends everything at once (the data goes too) and removes data, namespaces, bridge and slot. The main lab takes the others along. */
export async function down() {
  const began = Date.now();
  if (!LAB_NAME) await downFurther();
  const record = recordedSlot();
  if (record && isOurs(record.slot)) {
    const names = recordedNames(LAB_FOLDER).filter((name) => !name.startsWith('lab-command'));
    await Promise.all(names.map((name) => killProcess(LAB_FOLDER, name)));
    await killStrays(LAB_FOLDER);
    await removeNetwork(record.slot);
    releaseSlot(record.slot);
  }
  if (existsSync(LAB_FOLDER)) removeData();
  say(`down in ${seconds(began)}`);
}

/** @param {Lab} lab @param {Part[]} parts */
async function stopParts(lab, parts) {
  await inOrder(
    parts,
    (part) => dependantsOf(parts, part),
    (part) => stopPart(lab, part),
  );
}

/** @param {string} name */
export async function start(name) {
  const lab = currentLab();
  await inOrder(
    partsNamed(lab, name),
    (part) => part.needs,
    (part) => bringUpAndTell(lab, part),
  );
}

/** @param {string} name */
export async function stop(name) {
  const lab = currentLab();
  await stopParts(lab, partsNamed(lab, name));
}

/** SIGKILL to the part's whole process group; a host loses everything on it at once. @param {string} name */
export async function kill(name) {
  const lab = currentLab();
  await Promise.all(partsNamed(lab, name).map((part) => killPart(lab, part)));
}

/** @param {string} name */
export async function restart(name) {
  await stop(name);
  await start(name);
}

/** @param {Lab} lab @param {Part} part */
async function statusLine(lab, part) {
  const record = livingProcess(lab.folder, part.name);
  if (!record) return { bytes: 0, text: `${part.name.padEnd(22)} ${part.absence?.() ? 'absent' : 'stopped'}` };
  const bytes = await memoryOf(familyOf(record.pid));
  const since = new Date(record.startedAt).toISOString();
  return { bytes, text: `${part.name.padEnd(22)} running  pid ${String(record.pid).padEnd(8)} ${megabytes(bytes)}  since ${since}` };
}

/** @param {number} bytes */
const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(0).padStart(5)} MiB`;

/** Prints every daemon, its memory (proportional set size) and the sum; fails when one is not running. */
export async function status() {
  const lab = currentLab();
  const daemons = partsOf(lab).filter((part) => part.command);
  const lines = await Promise.all(daemons.map((part) => statusLine(lab, part)));
  const total = lines.reduce((sum, line) => sum + line.bytes, 0);
  say(`slot ${lab.slot}, ${shortFolder(lab.slot)} -> ${lab.folder}`);
  lines.forEach((line) => say(line.text));
  say(`${'memory'.padEnd(22)} ${megabytes(total)}`);
  if (!daemons.every((part) => isLiving(lab, part) || part.onDemand || part.absence?.())) process.exitCode = 3;
}
