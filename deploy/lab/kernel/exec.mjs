// @ts-check
/** Runs a tool inside a part, with the addresses and accounts that the tool needs. */
import { spawn } from 'node:child_process';
import { insideHost } from '../parts/host.mjs';
import { postgresToolEnv } from '../parts/postgres.mjs';
import { rabbitToolEnv, RABBIT_PATH } from '../parts/rabbitmq.mjs';
import { environmentOf, openstackEnvironment } from './environment.mjs';
import { LabError } from './run.mjs';
import { DAEMON_PATH, daemonEnv, inLab } from './settings.mjs';

/** @typedef {import('./settings.mjs').Lab} Lab */
/** @typedef {(lab: Lab, argv: string[]) => import('./processes.mjs').CommandLine} Entrance */

/** @param {string[]} argv @param {Record<string, string>} env */
const plain = ([command = '', ...args], env) => ({ command, args, env: daemonEnv(env) });

/** `cinder list` runs Cinder's own client; other words are the unified client's, with or without its name. @type {Entrance} */
function openstack(lab, argv) {
  const isClient = ['openstack', 'cinder', 'cinder-manage'].includes(argv[0] ?? '');
  const extra = { OS_VOLUME_API_VERSION: '3.70', PYTHONWARNINGS: 'ignore' };
  return plain(isClient ? argv : ['openstack', ...argv], { ...openstackEnvironment(lab), ...extra });
}

/** redis-cli knows no variable for the port. @type {Entrance} */
function redis(lab, [command = 'redis-cli', ...args]) {
  const target = command === 'redis-cli' ? ['-p', String(lab.ports.redis)] : [];
  return plain([command, ...target, ...args], { REDISCLI_AUTH: lab.secrets.passwords.redis });
}

/** @type {Record<string, Entrance>} */
const ENTRANCES = {
  ceph: (lab, argv) => plain(argv, { CEPH_CONF: inLab(lab, 'ceph/ceph.conf') }),
  openstack,
  cinder: openstack,
  postgres: (lab, argv) => plain(argv, postgresToolEnv(lab)),
  redis,
  rabbitmq: (lab, argv) => plain(argv, { ...rabbitToolEnv(lab), PATH: `${RABBIT_PATH}:${DAEMON_PATH}` }),
  engine: (lab, argv) => plain(argv, environmentOf(lab)),
};

/** @param {Lab} lab @param {string} part @returns {Entrance} */
function entranceOf(lab, part) {
  const host = part.replace(/^(agent|machine|libvirtd|virtlogd)-(?=host-)/, '').replace(/-agent$/, '');
  if (lab.hosts.includes(host)) return (_, argv) => insideHost(lab, host, argv, { TERM: process.env['TERM'] ?? 'dumb' });
  const entrance = ENTRANCES[part];
  if (entrance) return entrance;
  throw new LabError(`nothing can be run in ${part}; there are: ${[...Object.keys(ENTRANCES), ...lab.hosts].join(' ')}`);
}

/**
 * Runs a command in a part with this process' own standard streams and ends as it ended.
 * @param {Lab} lab
 * @param {string} part
 * @param {string[]} argv
 */
export async function execute(lab, part, argv) {
  const line = entranceOf(lab, part)(lab, argv);
  const child = spawn(line.command, line.args, { env: line.env, stdio: 'inherit' });
  process.exitCode = await new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new LabError(`cannot run ${argv[0]}`, { cause })));
    child.once('close', (code) => resolve(code ?? 130));
  });
}
