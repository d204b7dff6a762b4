// @ts-check
/** The addresses and accounts of the lab as shell variables for any outside program. */
import { consoleFolder } from '../parts/agent.mjs';
import { databaseUrl } from '../parts/postgres.mjs';
import { redisUrl } from '../parts/redis.mjs';
import { natsUrl } from '../parts/nats.mjs';
import { libvirtSocket } from '../parts/host.mjs';
import { hostFolder } from '../parts/host-files.mjs';
import { natsSeedFile } from './secrets.mjs';
import { inLab } from './settings.mjs';

/** @typedef {import('./settings.mjs').Lab} Lab */

/** Cloud administrator's account, as the OpenStack clients read it. @param {Lab} lab @returns {Record<string, string>} */
export const openstackEnvironment = (lab) => ({
  OS_AUTH_URL: `http://127.0.0.1:${lab.ports.keystone}/v3`,
  OS_USERNAME: 'admin',
  OS_PASSWORD: lab.secrets.passwords.keystoneAdmin,
  OS_PROJECT_NAME: 'admin',
  OS_USER_DOMAIN_NAME: 'Default',
  OS_PROJECT_DOMAIN_NAME: 'Default',
  OS_IDENTITY_API_VERSION: '3',
});

/** @param {Lab} lab @returns {Record<string, string>} */
const engineEnvironment = (lab) => ({
  CLINKER_URL: `https://127.0.0.1:${lab.ports.engine}/ovirt-engine/api`,
  CLINKER_USER: 'admin@internal',
  CLINKER_PASSWORD: lab.secrets.passwords.engineAdmin,
  CLINKER_CA: inLab(lab, 'tls/ca.crt'),
  DATABASE_URL: databaseUrl(lab, 'clinker'),
  REDIS_URL: redisUrl(lab),
  NATS_URL: natsUrl(lab),
  NATS_CA: inLab(lab, 'tls/ca.crt'),
  NATS_NKEY_SEED_FILE: natsSeedFile(lab, 'engine'),
});

/** @param {Lab} lab @returns {Record<string, string>} */
const storageEnvironment = (lab) => ({
  CEPH_CONF: inLab(lab, 'ceph/ceph.conf'),
  CEPH_USER: 'cinder',
  CEPH_SECRET_UUID: lab.secrets.secretUuid,
  CEPH_KEY_FILE: inLab(lab, 'ceph/client.cinder.key'),
  LAB_MONITORS: Object.values(lab.monitors).join(' '),
  CINDER_URL: `http://127.0.0.1:${lab.ports.cinder}/v3`,
  LAB_CINDER_USER: 'clinker',
  LAB_CINDER_PASSWORD: lab.secrets.passwords.clinker,
  LAB_CINDER_PROJECT: 'clinker',
  LAB_NOSERVICE_USER: 'noservice',
  LAB_NOSERVICE_PASSWORD: lab.secrets.passwords.noservice,
});

/** @param {Lab} lab @returns {Record<string, string>} */
function hostsEnvironment(lab) {
  const perHost = lab.hosts.flatMap((host) => {
    const suffix = host.replaceAll('-', '_');
    return [
      [`LAB_LIBVIRT_SOCKET_${suffix}`, libvirtSocket(lab, host)],
      [`LAB_HOST_FOLDER_${suffix}`, hostFolder(lab, host)],
      [`LAB_CONSOLE_FOLDER_${suffix}`, consoleFolder(lab, host)],
      [`LAB_NKEY_SEED_FILE_${suffix}`, natsSeedFile(lab, host)],
    ];
  });
  return { LAB_HOSTS: lab.hosts.join(' '), ...Object.fromEntries(perHost) };
}

/** @param {Lab} lab @returns {Record<string, string>} */
export const environmentOf = (lab) => ({
  LAB_FOLDER: lab.folder,
  LAB_LOGS: inLab(lab, 'logs'),
  ...engineEnvironment(lab),
  ...openstackEnvironment(lab),
  ...storageEnvironment(lab),
  ...hostsEnvironment(lab),
  LAB_GUEST_KERNEL: inLab(lab, 'guest/vmlinuz'),
  LAB_GUEST_INITRD: inLab(lab, 'guest/initrd.img'),
  LAB_GUEST_AGENT_INITRD: inLab(lab, 'guest/initrd-agent.img'),
});

/** Lines for a shell's `eval`. @param {Record<string, string>} environment */
export function shellLines(environment) {
  const quoted = (/** @type {string} */ value) => `'${value.replaceAll("'", `'\\''`)}'`;
  return Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}`);
}
