// @ts-check
/** Small file operations of the lab: private files, stamps for steps that are done once. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Writes a file whole or not at all.
 * @param {string} file
 * @param {string} text
 * @param {number} [mode]
 */
export function writeFile(file, text, mode = 0o644) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, text, { mode });
  renameSync(`${file}.new`, file);
}

/** Writes a file that only root may read. @param {string} file @param {string} text */
export const writeSecret = (file, text) => writeFile(file, text, 0o600);

/** @param {string} file @returns {string | undefined} undefined when there is no such file */
export function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Runs a step once in the life of the lab's data: its stamp is written after it succeeded.
 * @param {import('./settings.mjs').Lab} lab
 * @param {string} name
 * @param {() => Promise<void>} step
 */
export async function once(lab, name, step) {
  const stamp = path.join(lab.folder, 'state', `${name}.done`);
  if (existsSync(stamp)) return;
  await step();
  writeFile(stamp, `${new Date().toISOString()}\n`);
}
