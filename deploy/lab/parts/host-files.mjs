// @ts-check
/** The files that make a namespaced host a machine of its own. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { writeFile } from '../kernel/files.mjs';
import { hostAddress, HOSTS_MAX, inLab } from '../kernel/settings.mjs';

/** @typedef {import('../kernel/settings.mjs').Lab} Lab */

/** Folder of the host's files, seen from outside. @param {Lab} lab @param {string} host */
export const hostFolder = (lab, host) => inLab(lab, 'hosts', host);

/** Folders and files of the host that lie over the machine's own. */
const BINDS = {
  run: '/run',
  'etc-libvirt': '/etc/libvirt',
  'var-lib-libvirt': '/var/lib/libvirt',
  'var-log-libvirt': '/var/log/libvirt',
  'var-cache-libvirt': '/var/cache/libvirt',
  'etc-iscsi': '/etc/iscsi',
  'etc-nvme': '/etc/nvme',
};
const FILE_BINDS = {
  'resolv.conf': '/etc/resolv.conf',
  hosts: '/etc/hosts',
  'machine-id': '/etc/machine-id',
  passwd: '/etc/passwd',
  group: '/etc/group',
};

/** A UUID that stays the same for one lab, host and purpose. @param {Lab} lab @param {string} host @param {string} purpose */
function steadyUuid(lab, host, purpose) {
  const hash = createHash('sha256').update(`${lab.secrets.clusterId} ${host} ${purpose}`).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

/** @param {string} uuid */
const libvirtdSettings = (uuid) => `
host_uuid = "${uuid}"
unix_sock_group = "root"
unix_sock_rw_perms = "0700"
unix_sock_ro_perms = "0700"
auth_unix_ro = "none"
auth_unix_rw = "none"
max_clients = 200
max_anonymous_clients = 200
max_client_requests = 50
log_level = 3
log_outputs = "3:stderr"
`;

const QEMU_SETTINGS = `
user = "root"
group = "root"
security_driver = "none"
cgroup_controllers = [ ]
namespaces = [ ]
dump_guest_core = 0
`;

/** @param {Lab} lab */
function hostsFile(lab) {
  const hosts = Array.from({ length: HOSTS_MAX }, (_, index) => `host-${index + 1}`);
  const lines = hosts.map((name) => `${hostAddress(lab, name)} ${name}`);
  return ['127.0.0.1 localhost', `${lab.address} lab`, ...lines, ''].join('\n');
}

/** The machine's accounts and the one that libvirtd insists on; it comes with a package that a lab does not need. @param {string} file @param {string} line */
function accounts(file, line) {
  const text = readFileSync(file, 'utf8');
  return text.includes('libvirt-qemu:') ? text : `${text.trimEnd()}\n${line}\n`;
}

/** Files first: one of them may be a link into /run. What the machine does not have needs no cover. */
function bindLines() {
  const files = Object.entries(FILE_BINDS).filter(([, target]) => existsSync(target));
  return [...files, ...Object.entries(BINDS)].map((pair) => `${pair.join(' ')}\n`).join('');
}

/** @param {Lab} lab @param {string} host @returns {Record<string, string>} */
function filesOf(lab, host) {
  const hostId = steadyUuid(lab, host, 'nvme');
  return {
    'resolv.conf': '',
    hosts: hostsFile(lab),
    'machine-id': `${steadyUuid(lab, host, 'machine').replaceAll('-', '')}\n`,
    'etc-libvirt/libvirtd.conf': libvirtdSettings(steadyUuid(lab, host, 'libvirt')),
    'etc-libvirt/qemu.conf': QEMU_SETTINGS,
    'etc-libvirt/virtlogd.conf': 'log_level = 3\nlog_outputs = "3:stderr"\n',
    'etc-iscsi/initiatorname.iscsi': `InitiatorName=iqn.1993-08.org.debian:01:${hostId.replaceAll('-', '').slice(0, 12)}\n`,
    'etc-nvme/hostid': `${hostId}\n`,
    'etc-nvme/hostnqn': `nqn.2014-08.org.nvmexpress:uuid:${hostId}\n`,
    passwd: accounts('/etc/passwd', 'libvirt-qemu:x:64055:64055::/var/lib/libvirt:/usr/sbin/nologin'),
    group: accounts('/etc/group', 'libvirt-qemu:x:64055:'),
    binds: bindLines(),
  };
}

/** Writes the host's files. @param {Lab} lab @param {string} host */
export function prepareHostFiles(lab, host) {
  const folder = hostFolder(lab, host);
  for (const [name, target] of Object.entries(BINDS)) {
    mkdirSync(`${folder}/${name}`, { recursive: true });
    mkdirSync(target, { recursive: true });
  }
  for (const inside of ['sys', 'run/lock', 'run/clinker', 'run/libvirt', 'var-log-libvirt/qemu', 'state', 'consoles']) {
    mkdirSync(`${folder}/${inside}`, { recursive: true });
  }
  for (const [name, text] of Object.entries(filesOf(lab, host))) writeFile(`${folder}/${name}`, text);
}
