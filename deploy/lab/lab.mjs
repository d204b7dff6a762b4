#!/usr/bin/env node
// @ts-check
/** The lab's command line: see README.md beside it. */
import { spawnSync } from 'node:child_process';
import { currentLab, down, kill, restart, say, start, status, stop, up } from './kernel/commands.mjs';
import { environmentOf, shellLines } from './kernel/environment.mjs';
import { execute } from './kernel/exec.mjs';
import { exclusively } from './kernel/lock.mjs';
import { ensurePackages } from './kernel/packages.mjs';
import { LabError } from './kernel/run.mjs';
import { HOSTS_MAX, LAB_NAME } from './kernel/settings.mjs';

const USAGE = `usage: lab up [--without PART]... | down | status | env
       lab start | stop | kill | restart PART
       lab exec PART COMMAND [ARGUMENT]...
       lab packages [MORE]...`;

/** Runs the same command as root. */
function becomeRoot() {
  const keep = '--preserve-env=PATH,LAB_HOSTS_COUNT,LAB_NAME,http_proxy,https_proxy,no_proxy';
  const { status: code } = spawnSync('sudo', [keep, process.execPath, ...process.argv.slice(1)], { stdio: 'inherit' });
  process.exitCode = code ?? 1;
}

/** @param {string[]} words */
function wishOf(words) {
  const text = process.env['LAB_HOSTS_COUNT'];
  const hosts = text ? Number(text) : undefined;
  if (hosts !== undefined && !(Number.isInteger(hosts) && hosts >= 1 && hosts <= HOSTS_MAX)) {
    throw new LabError(`LAB_HOSTS_COUNT must be a number from 1 to ${HOSTS_MAX}`);
  }
  const without = words.flatMap((word, index) => (word === '--without' ? [String(words[index + 1])] : []));
  return { hosts, without };
}

/** @param {string[]} words @returns {string} */
function onePart(words) {
  if (words.length !== 1 || !words[0]) throw new LabError(USAGE);
  return words[0];
}

/** @type {Record<string, (words: string[]) => Promise<void>>} */
const COMMANDS = {
  up: (words) => exclusively(() => up(wishOf(words))),
  down: () => exclusively(down),
  status: () => status(),
  env: async () => void process.stdout.write(`${shellLines(environmentOf(currentLab())).join('\n')}\n`),
  exec: async ([part = '', ...argv]) => {
    if (argv.length === 0) throw new LabError(USAGE);
    await execute(currentLab(), part, argv);
  },
  packages: (words) => ensurePackages(say, words),
  start: (words) => exclusively(() => start(onePart(words))),
  stop: (words) => exclusively(() => stop(onePart(words))),
  kill: (words) => exclusively(() => kill(onePart(words))),
  restart: (words) => exclusively(() => restart(onePart(words))),
};

async function main() {
  const [name = '', ...words] = process.argv.slice(2);
  const command = COMMANDS[name];
  if (!command) throw new LabError(USAGE);
  if (!/^[a-z0-9-]*$/.test(LAB_NAME)) throw new LabError('LAB_NAME may have lower case letters, digits and dashes');
  if (process.getuid?.() !== 0) return becomeRoot();
  await command(words);
}

main().catch((error) => {
  process.stderr.write(`lab: ${error instanceof LabError ? error.message : error.stack}\n`);
  process.exitCode = 1;
});
