// @ts-check
/**
 * Claims a slot of the machine for this checkout: the link /run/clinker-lab-<slot> names the owner.
 * A slot whose lab has no living process is taken over and its leftovers are removed.
 */
import { mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { readIfThere, writeFile } from './files.mjs';
import { killStrays, livingNames } from './processes.mjs';
import { LabError, run } from './run.mjs';
import { bridgeName, LAB_FOLDER, shortFolder, SLOTS } from './settings.mjs';

/** @typedef {{slot: number, hosts: number}} SlotRecord */

const RECORD = `${LAB_FOLDER}/lab.json`;

/** @returns {SlotRecord | undefined} */
export function recordedSlot() {
  const text = readIfThere(RECORD);
  return text ? JSON.parse(text) : undefined;
}

/** @param {SlotRecord} record */
export const recordSlot = (record) => writeFile(RECORD, JSON.stringify(record));

/** @param {number} slot @returns {string | undefined} folder of the lab that holds the slot */
function ownerOf(slot) {
  try {
    return readlinkSync(shortFolder(slot));
  } catch {
    return undefined;
  }
}

/** @param {number} slot */
export const isOurs = (slot) => ownerOf(slot) === LAB_FOLDER;

/** Links the slot to this checkout; false when somebody else was faster. @param {number} slot */
function link(slot) {
  try {
    symlinkSync(LAB_FOLDER, shortFolder(slot));
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** Puts a dead owner's link aside; the rename decides who of two takers is first. @param {number} slot */
function evict(slot) {
  const aside = `/run/.clinker-lab-${slot}.${process.pid}`;
  try {
    renameSync(shortFolder(slot), aside);
    rmSync(aside);
    return true;
  } catch {
    return false;
  }
}

/** @param {number} slot */
async function take(slot) {
  const owner = ownerOf(slot);
  // A bridge that nobody's link explains belongs to a lab with another /run, such as one in a container.
  if (owner === undefined && (await hasNetwork(slot))) return false;
  if (owner !== undefined && (livingNames(owner).length > 0 || !evict(slot))) return false;
  if (!link(slot)) return false;
  if (owner !== undefined) await killStrays(owner);
  await removeNetwork(slot);
  return true;
}

/** @param {number} slot */
async function hasNetwork(slot) {
  return (await run('ip', ['link', 'show', 'dev', bridgeName(slot)], { mayFail: true })).code === 0;
}

/** Removes a slot's bridge; the hosts' ends of it went with their namespaces. @param {number} slot */
export async function removeNetwork(slot) {
  await run('ip', ['link', 'delete', bridgeName(slot)], { mayFail: true });
}

/** @returns {Promise<number>} the slot of this checkout, claimed if it has none */
export async function claimSlot() {
  mkdirSync(LAB_FOLDER, { recursive: true });
  const wanted = recordedSlot()?.slot;
  if (wanted !== undefined && isOurs(wanted)) return wanted;
  const order = wanted === undefined ? SLOTS : [wanted, ...SLOTS.filter((slot) => slot !== wanted)];
  for (const slot of order) {
    if (isOurs(slot) || (await take(slot))) return slot;
  }
  throw new LabError(`all ${SLOTS.length} slots for a lab are taken on this machine (see ls -l /run/clinker-lab-*)`);
}

/** @param {number} slot */
export function releaseSlot(slot) {
  if (isOurs(slot)) rmSync(shortFolder(slot));
}
