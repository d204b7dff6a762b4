// @ts-check
/** Keystone under uwsgi, and the projects, users, roles and catalogue of the lab. */
import { existsSync, mkdirSync } from 'node:fs';
import { once, writeSecret } from '../kernel/files.mjs';
import { ask } from '../kernel/probes.mjs';
import { run } from '../kernel/run.mjs';
import { daemonEnv, inLab } from '../kernel/settings.mjs';
import { openCloud } from './openstack-client.mjs';
import { databaseUrl } from './postgres.mjs';

/** @typedef {import('../kernel/settings.mjs').Lab} Lab */
/** @typedef {import('./openstack-client.mjs').Cloud} Cloud */

/** @param {Lab} lab */
export const keystoneUrl = (lab) => `http://127.0.0.1:${lab.ports.keystone}/v3`;

/** Password hashing is made cheap: the lab's passwords are random anyway. @param {Lab} lab */
const settings = (lab) => `
[DEFAULT]
use_stderr = true
log_file =
insecure_debug = true
[database]
connection = ${databaseUrl(lab, 'keystone')}
max_pool_size = 4
[identity]
password_hash_rounds = 4
[token]
provider = fernet
expiration = 14400
allow_expired_window = 14400
[fernet_tokens]
key_repository = ${inLab(lab, 'keystone/fernet')}
max_active_keys = 3
[credential]
key_repository = ${inLab(lab, 'keystone/credential')}
[oslo_middleware]
enable_proxy_headers_parsing = false
`;

/** @param {Lab} lab */
const file = (lab) => inLab(lab, 'keystone', 'keystone.conf');

/** @param {Lab} lab */
function configure(lab) {
  for (const folder of ['fernet', 'credential']) mkdirSync(inLab(lab, 'keystone', folder), { recursive: true, mode: 0o700 });
  writeSecret(file(lab), settings(lab));
}

/** @param {Lab} lab */
async function createSchema(lab) {
  configure(lab);
  const manage = (/** @type {string[]} */ args, env = {}) => run('keystone-manage', ['--config-file', file(lab), ...args], { env });
  const owner = ['--keystone-user', 'root', '--keystone-group', 'root'];
  await Promise.all([manage(['db_sync']), manage(['fernet_setup', ...owner]), manage(['credential_setup', ...owner])]);
  const endpoints = ['public', 'internal', 'admin'].flatMap((kind) => [`--bootstrap-${kind}-url`, keystoneUrl(lab)]);
  const names = ['--bootstrap-username', 'admin', '--bootstrap-project-name', 'admin', '--bootstrap-region-id', 'lab'];
  await manage(['bootstrap', ...names, ...endpoints], { OS_BOOTSTRAP_PASSWORD: lab.secrets.passwords.keystoneAdmin });
}

/** uwsgi closes every connection after its answer and must say so, or clients lose a request now and then. @param {Lab} lab */
function commandLine(lab) {
  const wsgi = ['--plugin', 'python3', '--http-socket', `127.0.0.1:${lab.ports.keystone}`, '--wsgi-file', '/usr/bin/keystone-wsgi-public'];
  const size = ['--master', '--processes', '1', '--threads', '4', '--enable-threads', '--lazy-apps', '--die-on-term', '--disable-logging'];
  const env = { OS_KEYSTONE_CONFIG_FILES: file(lab), PYTHONWARNINGS: 'ignore' };
  return {
    command: 'uwsgi',
    args: [...wsgi, ...size, '--buffer-size', '65535', '--post-buffering', '65536', '--add-header', 'Connection: close'],
    env: daemonEnv(env),
  };
}

/** Roles of the lab's users; `noservice` is as good as `clinker` but for the role that makes a service token. */
const USERS = /** @type {const} */ ([
  { name: 'cinder', password: 'cinderService', project: 'service', roles: ['admin', 'service'] },
  { name: 'clinker', password: 'clinker', project: 'clinker', roles: ['member', 'admin', 'service'] },
  { name: 'noservice', password: 'noservice', project: 'clinker', roles: ['member', 'admin'] },
]);

/** @param {Lab} lab @param {Cloud} cloud */
async function createUsers(lab, cloud) {
  await cloud.ensure('roles', 'role', { name: 'service' });
  await cloud.ensure('roles', 'role', { name: 'member' });
  for (const user of USERS) {
    const project = await cloud.ensure('projects', 'project', { name: user.project, domain_id: 'default' });
    const wish = { name: user.name, domain_id: 'default', password: lab.secrets.passwords[user.password], default_project_id: project };
    const id = await cloud.ensure('users', 'user', wish);
    for (const name of user.roles) {
      const role = await cloud.ensure('roles', 'role', { name });
      await cloud.call('PUT', `/projects/${project}/users/${id}/roles/${role}`);
    }
  }
}

/** @param {Lab} lab @param {Cloud} cloud */
async function createCatalogue(lab, cloud) {
  const service = await cloud.ensure('services', 'service', { name: 'cinderv3', type: 'volumev3' });
  const url = `http://127.0.0.1:${lab.ports.cinder}/v3/%(project_id)s`;
  const { endpoints } = await cloud.call('GET', `/endpoints?service_id=${service}`);
  if (endpoints.length > 0) return;
  for (const kind of ['public', 'internal', 'admin']) {
    await cloud.call('POST', '/endpoints', { endpoint: { service_id: service, interface: kind, url, region_id: 'lab' } });
  }
}

/** @param {Lab} lab */
async function createContent(lab) {
  const cloud = await openCloud(lab, keystoneUrl(lab));
  await createUsers(lab, cloud);
  await createCatalogue(lab, cloud);
}

/** @param {Lab} lab @returns {import('../kernel/parts.mjs').Part[]} */
export function keystoneParts(lab) {
  const isDone = (/** @type {string} */ name) => existsSync(inLab(lab, 'state', `${name}.done`));
  return [
    {
      name: 'keystone-schema',
      needs: ['postgres'],
      ready: () => isDone('keystone-schema'),
      provision: () => once(lab, 'keystone-schema', () => createSchema(lab)),
    },
    {
      name: 'keystone',
      needs: ['keystone-schema'],
      prepare: () => configure(lab),
      command: () => commandLine(lab),
      ready: async () => (await ask(keystoneUrl(lab))).status === 200,
      provision: () => once(lab, 'keystone-content', () => createContent(lab)),
      everyMs: 100,
    },
  ];
}
