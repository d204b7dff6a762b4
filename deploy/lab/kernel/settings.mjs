// @ts-check
/**
 * Where the lab of this checkout lives and which numbers its slot gives it.
 * A slot (0..9) fixes bridge, subnet, ports and names, so that several checkouts can each have a lab on one machine.
 */
import { fileURLToPath } from 'node:url';
import path from 'node:path';

/** Root folder of the checkout. */
export const REPOSITORY = path.resolve(fileURLToPath(new URL('../../..', import.meta.url)));

const MAIN_FOLDER = path.join(REPOSITORY, '.lab');

/** Holds the folders of further labs of this checkout, each by its name. */
export const FURTHER_FOLDER = path.join(MAIN_FOLDER, 'further');

/** Which of the checkout's labs is meant: nothing for the main one, or a name that makes another (lower case letters, digits and dashes). */
export const LAB_NAME = process.env['LAB_NAME'] ?? '';

/** The one folder that holds everything of the lab. */
export const LAB_FOLDER = LAB_NAME ? path.join(FURTHER_FOLDER, LAB_NAME) : MAIN_FOLDER;

/** What was fetched for any of the checkout's labs. */
export const CACHE_FOLDER = path.join(MAIN_FOLDER, 'cache');

/** Slots that may be claimed on one machine. */
export const SLOTS = Array.from({ length: 10 }, (_, slot) => slot);

/** Most hosts one lab may have: so many nkeys are prepared. */
export const HOSTS_MAX = 9;

/** Search path of the daemons; the caller's own is not used, so that no private toolchain leaks in. */
export const DAEMON_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * @typedef {object} Lab
 * @property {number} slot
 * @property {string} folder the real folder, `<repo>/.lab` of the main lab
 * @property {string} short a short path to the same folder, for unix sockets (their paths end at 108 bytes)
 * @property {string} bridge
 * @property {string} address address of the machine itself on the bridge
 * @property {string} subnet
 * @property {Record<'a'|'b'|'c', string>} monitors
 * @property {Ports} ports
 * @property {string[]} hosts
 * @property {import('./secrets.mjs').Secrets} secrets
 */

/** @typedef {{postgres:number, redis:number, nats:number, amqp:number, amqpDistribution:number, epmd:number, keystone:number, cinder:number, engine:number}} Ports */

/** @param {number} slot */
export const shortFolder = (slot) => `/run/clinker-lab-${slot}`;

/** @param {number} slot */
export const bridgeName = (slot) => `clk${slot}`;

/** @param {number} slot @returns {Ports} */
function portsOf(slot) {
  const base = 21_000 + slot * 100;
  const names = /** @type {const} */ (['postgres', 'redis', 'nats', 'amqp', 'amqpDistribution', 'epmd', 'keystone', 'cinder', 'engine']);
  return /** @type {Ports} */ (Object.fromEntries(names.map((name, index) => [name, base + 1 + index])));
}

/**
 * @param {number} slot
 * @param {number} hostsCount
 * @param {import('./secrets.mjs').Secrets} secrets
 * @returns {Lab}
 */
export function labOf(slot, hostsCount, secrets) {
  const net = `10.77.${slot}`;
  return {
    slot,
    folder: LAB_FOLDER,
    short: shortFolder(slot),
    bridge: bridgeName(slot),
    address: `${net}.1`,
    subnet: `${net}.0/24`,
    monitors: { a: `${net}.11`, b: `${net}.12`, c: `${net}.13` },
    ports: portsOf(slot),
    hosts: Array.from({ length: hostsCount }, (_, index) => `host-${index + 1}`),
    secrets,
  };
}

/** Address of a host on the bridge. @param {Lab} lab @param {string} host */
export const hostAddress = (lab, host) => `10.77.${lab.slot}.${100 + Number(host.slice('host-'.length))}`;

/** @param {Lab} lab @param {...string} parts */
export const inLab = (lab, ...parts) => path.join(lab.folder, ...parts);

/** Marks every process of a lab, also those that made themselves independent, with the lab's folder. */
export const OWNER = 'CLINKER_LAB_FOLDER';

/** Environment of a daemon: nothing of the caller's but what is given. @param {Record<string, string>} [extra] */
export const daemonEnv = (extra = {}) => ({ PATH: DAEMON_PATH, LANG: 'C.UTF-8', HOME: LAB_FOLDER, [OWNER]: LAB_FOLDER, ...extra });
