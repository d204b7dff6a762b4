// @ts-check
/** Installs the Debian packages that the lab needs, without letting one of them start a daemon. */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from './files.mjs';
import { DEBIAN_PACKAGES } from './debian.mjs';
import { run } from './run.mjs';

const POLICY = '/usr/sbin/policy-rc.d';
/** The machine's own policy waits here during an installation, also over a crash of it. */
const POLICY_ASIDE = `${POLICY}.before-clinker-lab`;
const CLUSTER_SETTINGS = '/etc/postgresql-common/createcluster.conf';

/** Answers for debconf: no databases, no documentation indexes. */
const ANSWERS = ['cinder-common cinder/configure_db boolean false', 'man-db man-db/auto-update boolean false'].join('\n');

const APT_OPTIONS = [
  ...['-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=900'],
  ...['-o', 'Dpkg::Options::=--force-unsafe-io', '-o', 'Dpkg::Options::=--force-confold'],
];

const ENV = { DEBIAN_FRONTEND: 'noninteractive', DEBCONF_NONINTERACTIVE_SEEN: 'true', ...proxyOf(process.env) };

/** apt may need the caller's proxy. @param {NodeJS.ProcessEnv} env @returns {Record<string, string>} */
function proxyOf(env) {
  const found = Object.entries(env).filter(([name, value]) => /^(https?|no)_proxy$/i.test(name) && value);
  return Object.fromEntries(found.map(([name, value]) => [name, String(value)]));
}

/** @param {string[]} wanted @returns {Promise<string[]>} */
async function missingPackages(wanted) {
  const format = '${db:Status-Abbrev} ${Package}\n';
  const { stdout } = await run('dpkg-query', ['-W', `-f=${format}`, ...wanted], { mayFail: true });
  const lines = stdout.split('\n').filter((line) => line.startsWith('ii '));
  const installed = new Set(lines.map((line) => line.slice(3).trim()));
  return wanted.filter((name) => !installed.has(name));
}

/** Puts the machine's own policy back. */
function restorePolicy() {
  rmSync(POLICY, { force: true });
  if (existsSync(POLICY_ASIDE)) renameSync(POLICY_ASIDE, POLICY);
}

/**
 * Runs an installation during which maintainer scripts start no daemon and make no default PostgreSQL cluster.
 * @param {() => Promise<void>} install
 */
async function withoutDaemons(install) {
  if (existsSync(POLICY) && !existsSync(POLICY_ASIDE)) renameSync(POLICY, POLICY_ASIDE);
  try {
    writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    if (!existsSync(CLUSTER_SETTINGS)) writeFile(CLUSTER_SETTINGS, 'create_main_cluster = false\n');
    await install();
  } finally {
    restorePolicy();
  }
}

/** @param {string[]} names */
async function install(names) {
  await run('debconf-set-selections', [], { input: ANSWERS, env: ENV });
  const attempt = await run('apt-get', ['install', ...APT_OPTIONS, ...names], { env: ENV, mayFail: true });
  if (attempt.code === 0) return;
  await run('apt-get', ['update', '-q'], { env: ENV });
  await run('apt-get', ['install', ...APT_OPTIONS, ...names], { env: ENV });
}

/**
 * Installs what is missing. The package lists are fetched only when the first attempt fails.
 * @param {(line: string) => void} say
 * @param {string[]} [more] beside those of the lab
 */
export async function ensurePackages(say, more = []) {
  const missing = await missingPackages([...DEBIAN_PACKAGES, ...more]);
  if (missing.length === 0) return;
  const began = Date.now();
  say(`installing ${missing.length} Debian packages and what they need`);
  await withoutDaemons(() => install(missing));
  say(`installed Debian packages in ${Math.round((Date.now() - began) / 1000)} s`);
}
