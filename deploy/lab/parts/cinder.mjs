// @ts-check
/** Cinder: API, scheduler and one volume service on Ceph, on demand another; the volume types of the lab. */
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { once, writeSecret } from '../kernel/files.mjs';
import { ask } from '../kernel/probes.mjs';
import { livingProcess } from '../kernel/processes.mjs';
import { run } from '../kernel/run.mjs';
import { daemonEnv, inLab } from '../kernel/settings.mjs';
import { keystoneUrl } from './keystone.mjs';
import { openCloud } from './openstack-client.mjs';
import { databaseUrl } from './postgres.mjs';
import { amqpUrl } from './rabbitmq.mjs';

/** @typedef {import('../kernel/settings.mjs').Lab} Lab */
/** @typedef {import('../kernel/parts.mjs').Part} Part */

const BACKEND = 'ceph';

/** The same Ceph, with the face of a storage that takes snapshots of several volumes at one moment. */
const GROUP_BACKEND = 'ceph-groups';
const GROUP_TYPE = 'consistent-snapshots';
const CONSISTENT = { consistent_group_snapshot_enabled: '<is> True' };
const DRIVERS = fileURLToPath(new URL('../drivers', import.meta.url));

/** @param {Lab} lab */
const address = (lab) => `http://127.0.0.1:${lab.ports.cinder}`;

/** @param {Lab} lab */
const GENERAL = (lab) => `
[DEFAULT]
host = lab
my_ip = 127.0.0.1
transport_url = ${amqpUrl(lab)}
auth_strategy = keystone
api_paste_config = /etc/cinder/api-paste.ini
resource_query_filters_file = /etc/cinder/resource_filters.json
rootwrap_config = /etc/cinder/rootwrap.conf
state_path = ${inLab(lab, 'cinder')}
use_stderr = true
log_file =
osapi_volume_listen = 127.0.0.1
osapi_volume_listen_port = ${lab.ports.cinder}
osapi_volume_workers = 1
public_endpoint = ${address(lab)}
enabled_backends = ${BACKEND}
default_volume_type = ceph
quota_volumes = 1000
quota_snapshots = 1000
quota_gigabytes = 100000
quota_backups = 100
quota_backup_gigabytes = 10000
rpc_response_timeout = 60
executor_thread_pool_size = 16
service_down_time = 30
report_interval = 5
periodic_interval = 30
graceful_shutdown_timeout = 5
backend_stats_polling_interval = 15
[database]
connection = ${databaseUrl(lab, 'cinder')}
max_pool_size = 4
max_overflow = 20
[oslo_concurrency]
lock_path = ${inLab(lab, 'cinder/locks')}
[oslo_messaging_rabbit]
heartbeat_in_pthread = false
rpc_conn_pool_size = 8
[oslo_messaging_notifications]
driver = noop
`;

/** @param {Lab} lab */
const ACCESS = (lab) => `
[keystone_authtoken]
www_authenticate_uri = ${keystoneUrl(lab)}
auth_url = ${keystoneUrl(lab)}
auth_type = password
username = cinder
password = ${lab.secrets.passwords.cinderService}
project_name = service
user_domain_id = default
project_domain_id = default
region_name = lab
service_token_roles = service
service_token_roles_required = true
${BACK_END(lab, BACKEND, 'cinder.volume.drivers.rbd.RBDDriver')}`;

/** @param {Lab} lab @param {string} name @param {string} driver */
const BACK_END = (lab, name, driver) => `
[${name}]
volume_driver = ${driver}
volume_backend_name = ${name}
rbd_cluster_name = ceph
rbd_pool = volumes
rbd_user = cinder
rbd_ceph_conf = ${inLab(lab, 'ceph/ceph.conf')}
rbd_secret_uuid = ${lab.secrets.secretUuid}
rbd_flatten_volume_from_snapshot = true
rbd_max_clone_depth = 5
rados_connect_timeout = 10
rados_connection_retries = 1
rados_connection_interval = 1
`;

/** @param {Lab} lab */
const file = (lab) => inLab(lab, 'cinder', 'cinder.conf');

/** @param {Lab} lab */
const groupFile = (lab) => inLab(lab, 'cinder', 'groups.conf');

/** @param {Lab} lab */
function configure(lab) {
  mkdirSync(inLab(lab, 'cinder', 'locks'), { recursive: true });
  writeSecret(file(lab), GENERAL(lab) + ACCESS(lab));
  const enabled = `[DEFAULT]\nenabled_backends = ${GROUP_BACKEND}\n`;
  writeSecret(groupFile(lab), enabled + BACK_END(lab, GROUP_BACKEND, 'clinker_lab_drivers.GroupRBDDriver'));
}

/** @param {Lab} lab */
async function createSchema(lab) {
  configure(lab);
  await run('cinder-manage', ['--config-file', file(lab), 'db', 'sync']);
}

const TYPES = [
  { name: 'ceph', extra_specs: { volume_backend_name: BACKEND } },
  { name: 'ceph-multiattach', extra_specs: { volume_backend_name: BACKEND, multiattach: '<is> True' } },
];

/** @param {Lab} lab */
const openCinder = (lab) => openCloud(lab, `${address(lab)}/v3/{project}`);

/** @param {Lab} lab */
async function createTypes(lab) {
  const cloud = await openCinder(lab);
  for (const type of TYPES) await cloud.ensure('types', 'volume_type', { ...type, 'os-volume-type-access:is_public': true });
}

/** @param {Lab} lab */
async function createGroupTypes(lab) {
  const cloud = await openCinder(lab);
  const extra_specs = { volume_backend_name: GROUP_BACKEND, ...CONSISTENT };
  await cloud.ensure('types', 'volume_type', { name: GROUP_BACKEND, extra_specs, 'os-volume-type-access:is_public': true });
  const id = await cloud.ensure('group_types', 'group_type', { name: GROUP_TYPE });
  await cloud.call('POST', `/group_types/${id}/group_specs`, { group_specs: CONSISTENT });
}

/** Whether the scheduler knows the pool. @param {Lab} lab */
async function isGroupBackendServing(lab) {
  const { pools } = await (await openCinder(lab)).call('GET', '/scheduler-stats/get_pools');
  return pools.some((/** @type {{name: string}} */ { name }) => name.includes(`@${GROUP_BACKEND}#`));
}

/** Whether both services report in and the scheduler knows the pools of all backends that run. @param {Lab} lab */
async function isServing(lab) {
  const cloud = await openCinder(lab);
  const { pools } = await cloud.call('GET', '/scheduler-stats/get_pools');
  const { services } = await cloud.call('GET', '/os-services');
  const up = services.filter((/** @type {{state: string}} */ service) => service.state === 'up');
  const backends = ['cinder-volume', 'cinder-volume-groups'].filter((part) => livingProcess(lab.folder, part));
  return pools.length > 0 && pools.length >= backends.length && up.length >= 2;
}

/** @param {Lab} lab @param {'api' | 'scheduler' | 'volume'} service */
function commandLine(lab, service) {
  const env = daemonEnv({ PYTHONWARNINGS: 'ignore', MALLOC_ARENA_MAX: '2' });
  return { command: `cinder-${service}`, args: ['--config-file', file(lab)], env };
}

/** @param {Lab} lab */
function groupCommandLine(lab) {
  const { args, env, ...rest } = commandLine(lab, 'volume');
  return { ...rest, args: [...args, '--config-file', groupFile(lab)], env: { ...env, PYTHONPATH: DRIVERS, PYTHONDONTWRITEBYTECODE: '1' } };
}

/**
 * A service reports in by its row in the database: fresh, and written since its process began.
 * @param {Lab} lab
 * @param {string} part
 * @param {string} host the service's name of itself
 */
async function reportsIn(lab, part, host) {
  const since = (livingProcess(lab.folder, part)?.startedAt ?? 0) / 1000;
  const fresh = `updated_at > greatest(now() - interval '20 s', to_timestamp(${since})) at time zone 'utc'`;
  const query = `select count(*) from services where not deleted and host = '${host}' and ${fresh}`;
  const { stdout } = await run('psql', ['-qAt', '-c', query], { env: { ...serverOf(lab), PGDATABASE: 'cinder' } });
  return stdout.trim() !== '0';
}

/** @param {Lab} lab */
const serverOf = (lab) => ({ PGHOST: `${lab.short}/postgres`, PGPORT: String(lab.ports.postgres), PGUSER: 'postgres' });

/** @param {Lab} lab @returns {Part[]} */
function daemons(lab) {
  return [
    {
      name: 'cinder-api',
      needs: ['cinder-schema', 'rabbitmq', 'keystone'],
      prepare: () => configure(lab),
      command: () => commandLine(lab, 'api'),
      ready: async () => [200, 300].includes((await ask(`${address(lab)}/`)).status),
      provision: () => once(lab, 'cinder-types', () => createTypes(lab)),
      everyMs: 100,
    },
    {
      name: 'cinder-scheduler',
      needs: ['cinder-schema', 'rabbitmq'],
      prepare: () => configure(lab),
      command: () => commandLine(lab, 'scheduler'),
      ready: () => reportsIn(lab, 'cinder-scheduler', 'lab'),
      everyMs: 200,
    },
    {
      name: 'cinder-volume',
      needs: ['cinder-schema', 'rabbitmq', 'ceph-pools'],
      prepare: () => configure(lab),
      command: () => commandLine(lab, 'volume'),
      ready: () => reportsIn(lab, 'cinder-volume', `lab@${BACKEND}`),
      everyMs: 200,
    },
    {
      name: 'cinder-volume-groups',
      needs: ['cinder'],
      onDemand: true,
      prepare: () => configure(lab),
      command: () => groupCommandLine(lab),
      ready: async () => (await reportsIn(lab, 'cinder-volume-groups', `lab@${GROUP_BACKEND}`)) && isGroupBackendServing(lab),
      provision: () => once(lab, 'cinder-group-types', () => createGroupTypes(lab)),
      everyMs: 500,
    },
  ];
}

/** @param {Lab} lab @returns {Part[]} */
export function cinderParts(lab) {
  const schemaIsThere = () => existsSync(inLab(lab, 'state', 'cinder-schema.done'));
  return [
    {
      name: 'cinder-schema',
      needs: ['postgres'],
      ready: schemaIsThere,
      provision: () => once(lab, 'cinder-schema', () => createSchema(lab)),
    },
    ...daemons(lab),
    { name: 'cinder', needs: ['cinder-api', 'cinder-scheduler', 'cinder-volume'], ready: () => isServing(lab) },
  ];
}
