// @ts-check
/** The main job through the engine's REST API: a virtual machine runs on a Ceph volume from Cinder. Needs the values of `lab env`. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Engine } from './engine.mjs';

const GIB = 1024 ** 3;
const [VM, DATA_DISK, HOT_DISK, PROVIDER] = ['demo', 'demo-data', 'demo-hotplug', 'ceph-by-cinder'];

const value = (/** @type {string} */ name) => process.env[name] ?? fail(`${name} is not set; run: eval "$(npm run -s lab -- env)"`);
const host = () => value('LAB_HOSTS').split(' ')[0] ?? 'host-1';
const heading = (/** @type {string} */ text) => console.log(`\n${text}`);

/** @param {string} text @returns {never} */
function fail(text) {
  throw new Error(text);
}

const engine = new Engine({
  url: value('CLINKER_URL'),
  user: value('CLINKER_USER'),
  password: value('CLINKER_PASSWORD'),
  ca: value('CLINKER_CA'),
});

/** @param {string} part @param {string[]} command */
const inPart = (part, ...command) =>
  execFileSync(process.execPath, [join(import.meta.dirname, '../lab/lab.mjs'), 'exec', part, ...command], { maxBuffer: 1 << 26 });

/** What an earlier run left, by name. @param {string} collection @param {string} element @param {string} name */
async function find(collection, element, name) {
  const { json } = await engine.quietly('GET', `/${collection}?search=${encodeURIComponent(`name="${name}"`)}`);
  return json[element]?.[0];
}

async function removeEarlierRun() {
  const vm = await find('vms', 'vm', VM);
  if (vm) {
    if (vm.status !== 'down') await engine.post(`/vms/${vm.id}/stop`);
    await engine.wait(`/vms/${vm.id}`, ({ status }) => status, 'down');
    await engine.delete(`/vms/${vm.id}?detach_only=true`);
    await engine.wait(`/vms/${vm.id}`, (_json, status) => String(status), '404');
  }
  for (const name of [DATA_DISK, HOT_DISK]) {
    const disk = await find('disks', 'disk', name);
    if (!disk) continue;
    await engine.delete(`/disks/${disk.id}`);
    await engine.wait(`/disks/${disk.id}`, (_json, status) => String(status), '404');
  }
}

async function ensureProvider() {
  const provider = (await find('openstackvolumeproviders', 'openstack_volume_provider', PROVIDER)) ?? (await addProvider());
  const keys = await engine.get(`/openstackvolumeproviders/${provider.id}/authenticationkeys`);
  if (!keys.openstack_volume_authentication_key?.length) await addKey(provider.id);
  await engine.post(`/openstackvolumeproviders/${provider.id}/testconnectivity`);
  const { data_center } = await engine.get('/datacenters?search=name%3DDefault');
  const domains = `/datacenters/${data_center[0].id}/storagedomains`;
  const status = (/** @type {any} */ json) =>
    json.storage_domain?.find((/** @type {any} */ domain) => domain.name === PROVIDER)?.status ?? 'absent';
  await engine.wait(domains, status, 'active');
  await engine.get(`/openstackvolumeproviders/${provider.id}/volumetypes`);
}

const addProvider = () =>
  engine.post('/openstackvolumeproviders', {
    name: PROVIDER,
    authentication_url: value('OS_AUTH_URL'),
    requires_authentication: 'true',
    username: value('LAB_CINDER_USER'),
    password: value('LAB_CINDER_PASSWORD'),
    tenant_name: value('LAB_CINDER_PROJECT'),
    data_center: { name: 'Default' },
  });

/** @param {string} providerId */
const addKey = (providerId) =>
  engine.post(`/openstackvolumeproviders/${providerId}/authenticationkeys`, {
    uuid: value('CEPH_SECRET_UUID'),
    usage_type: 'ceph',
    value: readFileSync(value('CEPH_KEY_FILE'), 'utf8').trim(),
    description: 'client.cinder',
  });

/** @param {string} name @returns {Promise<string>} */
async function createDisk(name) {
  const { id } = await engine.post('/disks', {
    name,
    provisioned_size: String(GIB),
    format: 'raw',
    openstack_volume_type: { name: 'ceph' },
    storage_domains: { storage_domain: [{ name: PROVIDER }] },
  });
  await engine.wait(`/disks/${id}`, ({ status }) => status, 'ok');
  return id;
}

/** @param {string} diskId @param {string} marker @returns {Promise<string>} */
async function createVm(diskId, marker) {
  const { id } = await engine.post('/vms', {
    name: VM,
    cluster: { name: 'Default' },
    template: { name: 'Blank' },
    memory: String(256 * 1024 ** 2),
    os: {
      type: 'other_linux',
      kernel: value('LAB_GUEST_KERNEL'),
      initrd: value('LAB_GUEST_INITRD'),
      cmdline: `console=ttyS0 quiet clinker.marker=${marker} clinker.disk=${diskId}`,
    },
  });
  await engine.post(`/vms/${id}/diskattachments`, { disk: { id: diskId }, interface: 'virtio_scsi', bootable: 'true', active: 'true' });
  const { vnic_profile: profiles } = await engine.get('/vnicprofiles');
  const { id: profileId } = profiles.find((/** @type {any} */ profile) => profile.name === 'ovirtmgmt');
  await engine.post(`/vms/${id}/nics`, { name: 'nic1', vnic_profile: { id: profileId } });
  return id;
}

/** Waits for a line of the guest on its serial console. @param {string} vmId @param {RegExp} wanted */
async function guestSays(vmId, wanted) {
  const file = join(value(`LAB_CONSOLE_FOLDER_${host().replaceAll('-', '_')}`), `${vmId}.log`);
  const deadline = Date.now() + 90_000;
  for (;;) {
    const line = readConsole(file).find((text) => wanted.test(text));
    if (line) return void console.log(`    the guest says: ${line}`);
    if (Date.now() > deadline) fail(`The guest did not say ${String(wanted)}; its console is in ${file}`);
    await sleep(100);
  }
}

/** @param {string} file */
function readConsole(file) {
  try {
    return readFileSync(file, 'utf8')
      .split(/\r?\n/)
      .filter((line) => line.includes('clinker-guest:'));
  } catch {
    return [];
  }
}

/** Reads the marker where no guest and no engine is in between. @param {string} diskId @param {string} marker */
async function readMarkerFromCeph(diskId, marker) {
  const disk = await engine.get(`/disks/${diskId}`);
  const image = `volumes/volume-${disk.image_id}`;
  console.log(`    rbd export ${image} - | head -c 64`);
  const bytes = inPart('ceph', 'sh', '-c', `rbd export --no-progress ${image} - 2>/dev/null | head -c 64`);
  const text = bytes.toString('latin1').split('\n')[0];
  if (text !== marker) fail(`Ceph has '${text}' instead of '${marker}'`);
  console.log(`    Ceph has: ${text}`);
  console.log(inPart('ceph', 'rbd', 'status', image).toString().replace(/^/gm, '    ').trimEnd());
}

/** @param {string} vmId */
async function hotPlugAndUnplug(vmId) {
  const diskId = await createDisk(HOT_DISK);
  await engine.post(`/vms/${vmId}/diskattachments`, { disk: { id: diskId }, interface: 'virtio_scsi', bootable: 'false', active: 'true' });
  const attachment = `/vms/${vmId}/diskattachments/${diskId}`;
  await engine.wait(attachment, ({ active }) => `active=${active}`, 'active=true');
  await guestSays(vmId, /added /);
  await engine.put(attachment, { active: 'false' });
  await engine.wait(attachment, ({ active }) => `active=${active}`, 'active=false');
  await guestSays(vmId, /removed /);
}

function summary() {
  const user = value('CLINKER_USER');
  console.log(`
Everything is left running.
  API       ${value('CLINKER_URL')}   user ${user}
  look      eval "$(npm run -s lab -- env)"; curl --cacert $CLINKER_CA -u $CLINKER_USER:$CLINKER_PASSWORD $CLINKER_URL/vms
            npm run -s lab -- status
            npm run -s lab -- exec ${host()} virsh list --all
            npm run -s lab -- exec ceph rbd -p volumes ls
  logs      ${value('LAB_LOGS')}
  stop      npm run demo -- --down`);
}

async function main() {
  const started = Date.now();
  const marker = `clinker-was-here-${started}`;
  heading('Log in');
  await engine.logIn();
  await engine.get('');
  heading('What an earlier run left');
  await removeEarlierRun();
  heading('The volume provider (Cinder), its authentication key, its storage domain and volume types');
  await ensureProvider();
  heading('A disk, a VM, and the disk for the VM');
  const diskId = await createDisk(DATA_DISK);
  const vmId = await createVm(diskId, marker);
  heading('Start the VM; its guest writes a marker to the disk');
  await engine.post(`/vms/${vmId}/start`);
  await engine.wait(`/vms/${vmId}`, ({ status }) => status, 'up');
  await guestSays(vmId, /: nic \w+ /);
  await guestSays(vmId, /wrote marker/);
  heading('Read the marker back from Ceph');
  await readMarkerFromCeph(diskId, marker);
  heading('Hot-plug a second disk, and unplug it');
  await hotPlugAndUnplug(vmId);
  heading('Stop the VM');
  await engine.post(`/vms/${vmId}/stop`);
  await engine.wait(`/vms/${vmId}`, ({ status }) => status, 'down');
  console.log(`\nThe main job is done, in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  summary();
}

try {
  await main();
} catch (error) {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  console.error(`Logs are in ${process.env['LAB_LOGS']}`);
  process.exitCode = 1;
}
process.exit();
