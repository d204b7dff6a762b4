// @ts-check
/** PostgreSQL 15: one cluster with the databases of the engine, Keystone and Cinder. */
import { existsSync, rmSync } from 'node:fs';
import { once, readIfThere, writeFile } from '../kernel/files.mjs';
import { isDead } from '../kernel/processes.mjs';
import { run } from '../kernel/run.mjs';
import { daemonEnv, inLab } from '../kernel/settings.mjs';

/** @typedef {import('../kernel/settings.mjs').Lab} Lab */

const BINARIES = '/usr/lib/postgresql/15/bin';
const DATABASES = ['clinker', 'keystone', 'cinder'];

/** PostgreSQL refuses root; the capability lets its user reach a checkout below a folder that is closed to others. */
const AS_POSTGRES = [
  ...['--reuid=postgres', '--regid=postgres', '--init-groups', '--no-new-privs'],
  ...['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'],
];

/** @param {Lab} lab */
const dataFolder = (lab) => inLab(lab, 'postgres', 'data');

/** @param {Lab} lab */
const settings = (lab) => `
listen_addresses = '127.0.0.1'
port = ${lab.ports.postgres}
unix_socket_directories = '${lab.short}/postgres'
unix_socket_permissions = 0700
max_connections = 300
shared_buffers = 64MB
wal_level = minimal
max_wal_senders = 0
max_wal_size = 256MB
synchronous_commit = off
autovacuum_max_workers = 1
max_parallel_workers = 0
jit = off
`;

const ACCESS = 'local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n';

/** After a kill or a reboot an old lock names a zombie or somebody else, and would keep the next postmaster from starting. @param {string} lock */
function removeIfStale(lock) {
  const pid = Number(readIfThere(lock)?.split('\n')[0]);
  const program = pid ? readIfThere(`/proc/${pid}/comm`)?.trim() : undefined;
  if (pid && (isDead(pid) || program !== 'postgres')) rmSync(lock);
}

/** @param {Lab} lab */
async function prepare(lab) {
  const data = dataFolder(lab);
  await run('install', ['-d', '-m', '700', '-o', 'postgres', '-g', 'postgres', inLab(lab, 'postgres'), data]);
  if (!existsSync(`${data}/PG_VERSION`)) {
    const how = ['--no-sync', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--username=postgres'];
    await run('setpriv', [...AS_POSTGRES, `${BINARIES}/initdb`, ...how, '-D', data]);
  }
  removeIfStale(`${data}/postmaster.pid`);
  removeIfStale(`${lab.short}/postgres/.s.PGSQL.${lab.ports.postgres}.lock`);
  writeFile(`${data}/conf.d/lab.conf`, settings(lab));
  writeFile(`${data}/postgresql.conf`, "include_dir 'conf.d'\n");
  writeFile(`${data}/pg_hba.conf`, ACCESS);
}

/** Where psql connects as the superuser. @param {Lab} lab @returns {Record<string, string>} */
const superuserEnv = (lab) => ({
  PGHOST: `${lab.short}/postgres`,
  PGPORT: String(lab.ports.postgres),
  PGUSER: 'postgres',
  PGDATABASE: 'postgres',
});

/** @param {Lab} lab */
async function createDatabases(lab) {
  const { postgres: password } = lab.secrets.passwords;
  const unless = (/** @type {string} */ catalogue, /** @type {string} */ what) =>
    `SELECT $$${what}$$ WHERE NOT EXISTS (SELECT FROM ${catalogue})\\gexec`;
  const statements = DATABASES.flatMap((name) => [
    unless(`pg_roles WHERE rolname = '${name}'`, `CREATE ROLE ${name} LOGIN CREATEDB PASSWORD '${password}'`),
    unless(`pg_database WHERE datname = '${name}'`, `CREATE DATABASE ${name} OWNER ${name}`),
  ]);
  await run('psql', ['-v', 'ON_ERROR_STOP=1', '-q'], { env: superuserEnv(lab), input: statements.join('\n') });
}

/** @param {Lab} lab @param {string} database */
export function databaseUrl(lab, database) {
  return `postgresql://${database}:${lab.secrets.passwords.postgres}@127.0.0.1:${lab.ports.postgres}/${database}`;
}

/** @param {Lab} lab */
export const postgresToolEnv = (lab) => ({ ...superuserEnv(lab), PGDATABASE: 'clinker' });

/** @param {Lab} lab @returns {import('../kernel/parts.mjs').Part[]} */
export function postgresParts(lab) {
  const target = ['-q', '-h', `${lab.short}/postgres`, '-p', String(lab.ports.postgres)];
  return [
    {
      name: 'postgres',
      needs: [],
      prepare: () => prepare(lab),
      command: () => ({ command: 'setpriv', args: [...AS_POSTGRES, `${BINARIES}/postgres`, '-D', dataFolder(lab)], env: daemonEnv() }),
      ready: async () => (await run(`${BINARIES}/pg_isready`, target, { mayFail: true })).code === 0,
      provision: () => once(lab, 'databases', () => createDatabases(lab)),
      stop: { signal: 'SIGINT' },
    },
  ];
}
