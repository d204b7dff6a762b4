// @ts-check
/** The built daemons: where their entries are, and whether a running one is of the present build. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readIfThere, writeFile } from '../kernel/files.mjs';
import { inLab, REPOSITORY } from '../kernel/settings.mjs';

/** @typedef {import('../kernel/settings.mjs').Lab} Lab */

const DIST = path.join(REPOSITORY, 'dist');

/** @param {string} app */
export const entryOf = (app) => path.join(DIST, 'apps', app, 'src', 'main.js');

/** Why a daemon cannot be started, if it is not built. @param {string} app */
export const absenceOf = (app) => (existsSync(entryOf(app)) ? undefined : `${path.relative(REPOSITORY, entryOf(app))} is not built`);

/** @param {string} app @param {Record<string, string>} env */
function digestOf(app, env) {
  const hash = createHash('sha256').update(JSON.stringify(env));
  for (const folder of ['libs', `apps/${app}`]) {
    const files = readdirSync(path.join(DIST, folder), { recursive: true }).map(String);
    for (const file of files.filter((name) => name.endsWith('.js')).sort())
      hash.update(file).update(readFileSync(path.join(DIST, folder, file)));
  }
  return hash.digest('hex');
}

/** @param {Lab} lab @param {string} part */
const digestFile = (lab, part) => inLab(lab, 'state', `${part}.build`);

/** Writes down of which build and settings a part is started. @param {Lab} lab @param {string} part @param {string} app @param {Record<string, string>} env */
export const recordBuild = (lab, part, app, env) => writeFile(digestFile(lab, part), digestOf(app, env));

/** @param {Lab} lab @param {string} part @param {string} app @param {Record<string, string>} env */
export function isOutdated(lab, part, app, env) {
  return absenceOf(app) === undefined && readIfThere(digestFile(lab, part)) !== digestOf(app, env);
}
