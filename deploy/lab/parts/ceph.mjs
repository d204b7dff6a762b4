// @ts-check
/** Ceph: three monitors on the bridge, a manager and one OSD on a sparse file; cephx is required everywhere. */
import { existsSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { once, readIfThere, writeFile, writeSecret } from '../kernel/files.mjs';
import { converse } from '../kernel/probes.mjs';
import { run } from '../kernel/run.mjs';
import { daemonEnv, inLab } from '../kernel/settings.mjs';
import { cephSettings } from './ceph-settings.mjs';

/** @typedef {import('../kernel/settings.mjs').Lab} Lab */
/** @typedef {import('../kernel/parts.mjs').Part} Part */
/** @typedef {'a' | 'b' | 'c'} MonitorId */

const POOLS = ['volumes', 'images', 'backups', 'vms'];
const OSD_BYTES = 64 * 2 ** 30;
const MONITOR_IDS = /** @type {const} */ (['a', 'b', 'c']);

/** Who may do what; the same caps that Cinder's documentation gives to its client. */
const ENTITIES = {
  'mon.': { mon: 'allow *' },
  'client.admin': { mon: 'allow *', mgr: 'allow *', osd: 'allow *' },
  'mgr.x': { mon: 'allow profile mgr', osd: 'allow *' },
  'osd.0': { mon: 'allow profile osd', mgr: 'allow profile osd', osd: 'allow *' },
  'client.cinder': { mon: 'profile rbd', osd: 'profile rbd pool=volumes, profile rbd pool=backups, profile rbd pool=images' },
};

/** @param {Lab} lab @param {...string} parts */
const inCeph = (lab, ...parts) => inLab(lab, 'ceph', ...parts);

/** @param {Lab} lab */
const cephEnv = (lab) => ({ CEPH_CONF: inCeph(lab, 'ceph.conf') });

/** @param {string} entity @param {string} key @param {Record<string, string>} [caps] */
function keyringText(entity, key, caps = {}) {
  const lines = Object.entries(caps).map(([service, cap]) => `\tcaps ${service} = "${cap}"`);
  return [`[${entity}]`, `\tkey = ${key}`, ...lines, ''].join('\n');
}

/** Makes a key per entity, one keyring each, and the one with caps that the monitors begin with. @param {Lab} lab */
async function makeKeyrings(lab) {
  let all = '';
  for (const [entity, caps] of Object.entries(ENTITIES)) {
    const { stdout } = await run('ceph-authtool', ['--gen-print-key']);
    const key = stdout.trim();
    all += keyringText(entity, key, caps);
    writeSecret(inCeph(lab, `${entity}.keyring`), keyringText(entity, key));
    if (entity === 'client.cinder') writeSecret(inCeph(lab, 'client.cinder.key'), `${key}\n`);
  }
  writeSecret(inCeph(lab, 'all.keyring'), all);
}

/** @param {Lab} lab */
async function makeMonitorMap(lab) {
  const add = MONITOR_IDS.flatMap((id) => ['--addv', id, `[v2:${lab.monitors[id]}:3300,v1:${lab.monitors[id]}:6789]`]);
  const map = inCeph(lab, 'monmap');
  await run('monmaptool', ['--create', '--clobber', '--fsid', lab.secrets.clusterId, '--set-min-mon-release', 'pacific', ...add, map]);
}

/** @param {Lab} lab */
const isConfigured = (lab) => readIfThere(inCeph(lab, 'ceph.conf')) === cephSettings(lab);

/** Settings, keys and the monitor map. @param {Lab} lab */
async function prepareCluster(lab) {
  for (const folder of ['mon-a', 'mon-b', 'mon-c', 'mgr', 'osd', 'run']) mkdirSync(inCeph(lab, folder), { recursive: true });
  writeFile(inCeph(lab, 'ceph.conf'), cephSettings(lab));
  await once(lab, 'ceph-keyrings', () => makeKeyrings(lab));
  await once(lab, 'ceph-monmap', () => makeMonitorMap(lab));
}

/**
 * A daemon's answer over its admin socket: the command ends with NUL, the answer begins with its length.
 * @param {Lab} lab
 * @param {string} daemon
 * @param {string} command
 */
async function askDaemon(lab, daemon, command) {
  const socket = `${lab.short}/ceph/run/${daemon}.asok`;
  const whole = (/** @type {Buffer} */ answer) => answer.length >= 4 && answer.length >= 4 + answer.readUInt32BE(0);
  const answer = await converse({ path: socket }, `${JSON.stringify({ prefix: command, format: 'json' })}\0`, whole);
  return JSON.parse(answer.subarray(4).toString());
}

/** @param {Lab} lab @param {string} program @param {string} id */
function daemonLine(lab, program, id) {
  return {
    command: program,
    args: ['-f', '-i', id, '-c', inCeph(lab, 'ceph.conf')],
    env: daemonEnv({ TCMALLOC_MAX_TOTAL_THREAD_CACHE_BYTES: '8388608' }),
  };
}

/** @param {Lab} lab @param {MonitorId} id @returns {Part} */
function monitorPart(lab, id) {
  const keys = ['--monmap', inCeph(lab, 'monmap'), '--keyring', inCeph(lab, 'all.keyring')];
  return {
    name: `mon-${id}`,
    needs: ['network', 'ceph-cluster'],
    prepare: () =>
      once(lab, `mon-${id}`, async () => void (await run('ceph-mon', ['--mkfs', '-i', id, '-c', inCeph(lab, 'ceph.conf'), ...keys]))),
    command: () => daemonLine(lab, 'ceph-mon', id),
    ready: async () => ['leader', 'peon'].includes((await askDaemon(lab, `mon.${id}`, 'mon_status')).state),
    everyMs: 200,
  };
}

/** Formats the OSD; it needs no monitor for that. @param {Lab} lab */
async function makeOsd(lab) {
  const block = inCeph(lab, 'osd', 'block');
  if (!existsSync(block)) writeFileSync(block, '');
  truncateSync(block, OSD_BYTES);
  writeSecret(inCeph(lab, 'osd', 'keyring'), readIfThere(inCeph(lab, 'osd.0.keyring')) ?? '');
  const identity = ['-i', '0', '--osd-uuid', lab.secrets.osdUuid];
  await run('ceph-osd', ['--mkfs', '--no-mon-config', ...identity, '-c', inCeph(lab, 'ceph.conf')]);
}

/** @param {Lab} lab @returns {Part} */
function osdPart(lab) {
  return {
    name: 'osd',
    needs: ['mon-a', 'mon-b', 'osd-format'],
    prepare: () =>
      once(lab, 'osd-id', async () => void (await run('ceph', ['osd', 'new', lab.secrets.osdUuid, '0'], { env: cephEnv(lab) }))),
    command: () => daemonLine(lab, 'ceph-osd', '0'),
    ready: async () => (await askDaemon(lab, 'osd.0', 'status')).state === 'active',
    everyMs: 200,
    timeoutMs: 120_000,
  };
}

/** Side by side, so that the monitors agree on all pools in one round. @param {Lab} lab */
async function createPools(lab) {
  await Promise.all(POOLS.map((pool) => run('ceph', ['osd', 'pool', 'create', pool, '8', '8'], { env: cephEnv(lab) })));
  await Promise.all(POOLS.map((pool) => run('rbd', ['pool', 'init', pool], { env: cephEnv(lab) })));
}

/** @param {Lab} lab @returns {Part[]} */
function steps(lab) {
  const isDone = (/** @type {string} */ name) => existsSync(inLab(lab, 'state', `${name}.done`));
  return [
    { name: 'ceph-cluster', needs: [], ready: () => isDone('ceph-monmap') && isConfigured(lab), provision: () => prepareCluster(lab) },
    {
      name: 'osd-format',
      needs: ['ceph-cluster'],
      ready: () => isDone('osd-format'),
      provision: () => once(lab, 'osd-format', () => makeOsd(lab)),
    },
    {
      name: 'ceph-pools',
      needs: ['osd', 'mgr'],
      ready: () => isDone('ceph-pools'),
      provision: () => once(lab, 'ceph-pools', () => createPools(lab)),
    },
  ];
}

/** @param {Lab} lab @returns {Part[]} */
export function cephParts(lab) {
  return [
    ...steps(lab),
    ...MONITOR_IDS.map((id) => monitorPart(lab, id)),
    {
      name: 'mgr',
      needs: ['mon-a', 'mon-b'],
      prepare: () => writeSecret(inCeph(lab, 'mgr', 'keyring'), readIfThere(inCeph(lab, 'mgr.x.keyring')) ?? ''),
      command: () => daemonLine(lab, 'ceph-mgr', 'x'),
      ready: async () => Boolean((await askDaemon(lab, 'mgr.x', 'status')).have_open_session ?? true),
      everyMs: 200,
    },
    osdPart(lab),
  ];
}
