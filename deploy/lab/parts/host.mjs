// @ts-check
/**
 * A hypervisor host: its own network, mount, pid and hostname namespaces, with its own virtlogd and libvirtd inside.
 * `machine-<host>` is the host itself: when it is killed, everything on the host goes with it, as with a power cut.
 */
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readIfThere } from '../kernel/files.mjs';
import { livingProcess } from '../kernel/processes.mjs';
import { LabError, run } from '../kernel/run.mjs';
import { daemonEnv, hostAddress } from '../kernel/settings.mjs';
import { hostFolder, prepareHostFiles } from './host-files.mjs';

/** @typedef {import('../kernel/settings.mjs').Lab} Lab */
/** @typedef {import('../kernel/parts.mjs').Part} Part */

const INIT = fileURLToPath(new URL('host-init.sh', import.meta.url));

/** How daemons inside a host are stopped: nsenter, their parent, keeps the signal for itself. */
export const STOP_INSIDE = { wholeGroup: true };

/** @param {string} host */
export const machineOf = (host) => `machine-${host}`;

/** The outer pid of the host's first process. @param {Lab} lab @param {string} host */
export function hostPid(lab, host) {
  const unshare = livingProcess(lab.folder, machineOf(host));
  const children = unshare && readIfThere(`/proc/${unshare.pid}/task/${unshare.pid}/children`);
  const pid = Number(children?.trim().split(' ')[0]);
  if (!pid) throw new LabError(`${host} is down`);
  return pid;
}

/**
 * A command line that runs inside the host.
 * @param {Lab} lab
 * @param {string} host
 * @param {string[]} argv
 * @param {Record<string, string>} [env]
 */
export function insideHost(lab, host, argv, env = {}) {
  const namespaces = ['-m', '-u', '-n', '-p', '-r', '-w'];
  return { command: 'nsenter', args: ['-t', String(hostPid(lab, host)), ...namespaces, '--', ...argv], env: daemonEnv(env) };
}

/** Path of libvirtd's socket, reachable from outside. @param {Lab} lab @param {string} host */
export const libvirtSocket = (lab, host) => `${lab.short}/hosts/${host}/run/libvirt/libvirt-sock`;

/** @param {Lab} lab @param {string} host */
const linkOf = (lab, host) => `${lab.bridge}-h${host.slice('host-'.length)}`;

/** @param {Lab} lab @param {string} host */
async function isPlugged(lab, host) {
  const { code, stdout } = await run('ip', ['-o', 'link', 'show', 'dev', linkOf(lab, host)], { mayFail: true });
  return code === 0 && stdout.includes(`master ${lab.bridge}`);
}

/** Plugs the host into the bridge. @param {Lab} lab @param {string} host */
async function plug(lab, host) {
  const pid = String(hostPid(lab, host));
  const inside = (/** @type {string[]} */ ...args) => run('nsenter', ['-t', pid, '-n', 'ip', ...args]);
  await run('ip', ['link', 'delete', linkOf(lab, host)], { mayFail: true });
  await run('ip', ['link', 'add', linkOf(lab, host), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pid]);
  await run('ip', ['link', 'set', linkOf(lab, host), 'master', lab.bridge, 'up']);
  await inside('address', 'add', `${hostAddress(lab, host)}/24`, 'dev', 'eth0');
  await inside('link', 'set', 'eth0', 'up');
  await inside('route', 'add', 'default', 'via', lab.address);
}

/** The host's bridge for guests, with the name of the network that every data center has. @param {Lab} lab @param {string} host */
async function bridge(lab, host) {
  const inside = (/** @type {string[]} */ ...args) => ['-t', String(hostPid(lab, host)), '-n', 'ip', 'link', ...args];
  await run('nsenter', inside('add', 'ovirtmgmt', 'type', 'bridge'), { mayFail: true });
  await run('nsenter', inside('set', 'ovirtmgmt', 'up'));
}

/** @param {Lab} lab @param {string} host */
function prepareMachine(lab, host) {
  rmSync(`${hostFolder(lab, host)}/run`, { recursive: true, force: true });
  prepareHostFiles(lab, host);
}

/** @param {Lab} lab @param {string} host @returns {Part} */
function machinePart(lab, host) {
  const namespaces = ['--mount', '--uts', '--net', '--pid', '--fork', '--kill-child'];
  const init = ['bash', INIT, hostFolder(lab, host), host, lab.short, lab.folder];
  return {
    name: machineOf(host),
    needs: ['network'],
    prepare: () => prepareMachine(lab, host),
    command: () => ({ command: 'unshare', args: [...namespaces, ...init], env: daemonEnv() }),
    ready: () => existsSync(`${hostFolder(lab, host)}/run/lab-host`),
    provision: async () => {
      if (!(await isPlugged(lab, host))) await plug(lab, host);
      await bridge(lab, host);
    },
    stop: { signal: 'SIGKILL' },
  };
}

/** @param {Lab} lab @param {string} host @returns {Part} */
function virtlogdPart(lab, host) {
  return {
    name: `virtlogd-${host}`,
    needs: [machineOf(host)],
    command: () => insideHost(lab, host, ['/usr/sbin/virtlogd']),
    ready: () => existsSync(`${hostFolder(lab, host)}/run/libvirt/virtlogd-sock`),
    stop: STOP_INSIDE,
  };
}

/** @param {Lab} lab @param {string} host @returns {Part} */
function libvirtdPart(lab, host) {
  const uri = `qemu+unix:///system?socket=${libvirtSocket(lab, host)}`;
  return {
    name: `libvirtd-${host}`,
    needs: [machineOf(host), `virtlogd-${host}`],
    command: () => insideHost(lab, host, ['/usr/sbin/libvirtd']),
    ready: async () => (await run('virsh', ['-q', '-c', uri, 'uri'], { mayFail: true })).code === 0,
    stop: STOP_INSIDE,
  };
}

/** @param {Lab} lab @param {string} host @returns {Part[]} */
export const hostParts = (lab, host) => [machinePart(lab, host), virtlogdPart(lab, host), libvirtdPart(lab, host)];
