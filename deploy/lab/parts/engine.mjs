// @ts-check
/** Clinker's engine. */
import { readIfThere, writeSecret } from '../kernel/files.mjs';
import { ask } from '../kernel/probes.mjs';
import { natsSeedFile } from '../kernel/secrets.mjs';
import { daemonEnv, inLab } from '../kernel/settings.mjs';
import { absenceOf, entryOf, isOutdated, recordBuild } from './build.mjs';
import { natsUrl } from './nats.mjs';
import { databaseUrl } from './postgres.mjs';
import { redisUrl } from './redis.mjs';

/** @typedef {import('../kernel/settings.mjs').Lab} Lab */

/**
 * V8 lets garbage lie while memory is plenty; so the engine stays below 200 MB under load, without a hard limit. Threads that help to
 * collect garbage are waited for, which takes longer than the work when the machine is busy. Source maps would cost 10 MB and more: the lines
 * of what is built are near enough.
 */
const MEMORY_FLAGS = ['--heap-growing-percent=25', '--max-semi-space-size=8', '--single-threaded-gc'];

/** @param {Lab} lab */
const settings = (lab) => ({
  CLINKER_HTTP_ADDRESS: `127.0.0.1:${lab.ports.engine}`,
  CLINKER_TLS_CERT: inLab(lab, 'tls/engine.crt'),
  CLINKER_TLS_KEY: inLab(lab, 'tls/engine.key'),
  CLINKER_CA: inLab(lab, 'tls/ca.crt'),
  DATABASE_URL: databaseUrl(lab, 'clinker'),
  REDIS_URL: redisUrl(lab),
  NATS_URL: natsUrl(lab),
  NATS_CA: inLab(lab, 'tls/ca.crt'),
  NATS_NKEY_SEED_FILE: natsSeedFile(lab, 'engine'),
  CLINKER_KEY_FILE: inLab(lab, 'engine/key-encryption.key'),
  CLINKER_ADMIN_PASSWORD_FILE: inLab(lab, 'engine/admin.password'),
  CLINKER_EMULATION: 'qemu',
  CLINKER_LOG_LEVEL: process.env['CLINKER_LOG_LEVEL'] ?? 'info',
  NODE_ENV: 'production',
});

/** @param {Lab} lab */
function prepare(lab) {
  writeSecret(inLab(lab, 'engine/key-encryption.key'), `${lab.secrets.passwords.keyEncryptionKey}\n`);
  writeSecret(inLab(lab, 'engine/admin.password'), `${lab.secrets.passwords.engineAdmin}\n`);
  recordBuild(lab, 'engine', 'engine', settings(lab));
}

/** @param {Lab} lab @returns {import('../kernel/parts.mjs').Part[]} */
export function engineParts(lab) {
  const health = `https://127.0.0.1:${lab.ports.engine}/ovirt-engine/services/health`;
  return [
    {
      name: 'engine',
      needs: ['postgres', 'redis', 'nats'],
      absence: () => absenceOf('engine'),
      outdated: () => isOutdated(lab, 'engine', 'engine', settings(lab)),
      prepare: () => prepare(lab),
      command: () => ({
        command: process.execPath,
        args: [...MEMORY_FLAGS, entryOf('engine')],
        env: daemonEnv({ ...settings(lab), MALLOC_ARENA_MAX: '2' }),
      }),
      ready: async () => (await ask(health, { ca: readIfThere(inLab(lab, 'tls/ca.crt')) ?? '' })).status === 200,
    },
  ];
}
