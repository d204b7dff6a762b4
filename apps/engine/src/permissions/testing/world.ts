import { randomUUID } from 'node:crypto';
import { Account } from '../../accounts/account.entity';
import { hashPassword } from '../../accounts/password-hash';
import { cpuProfileId } from '../../cpu-profiles/cpu-profile.representation';
import { DiskProfile } from '../../disk-profiles/disk-profile.entity';
import { Disk } from '../../disks/disk.entity';
import { Host } from '../../hosts/host.entity';
import { permitEverybody } from '../creator.permission';
import { Permission } from '../permission.entity';
import { StorageDomain } from '../../storage-domains/storage-domain.entity';
import { BLANK_TEMPLATE_ID } from '../../templates/template.entity';
import { VmPool } from '../../vm-pools/vm-pool.entity';
import type { Answer, Client, RunningEngine } from '../../testing/running-engine';
import { capabilities } from '../../vms/testing/compute.fixture';
import { VolumeProvider } from '../../volume-providers/volume-provider.entity';
import { type PlaceType, SYSTEM_ID } from '../object.tree';
import { PREDEFINED_ROLES } from '../predefined.roles';

/** One object of each type, in one data center; the disk belongs to no VM. */
export type World = Readonly<Record<PlaceType, string>>;

export const PASSWORD = 'secret';

/** The role of oVirt with this name. */
export function roleNamed(name: string) {
  const found = PREDEFINED_ROLES.find((one) => one.name === name);
  if (!found) throw new Error(`There is no role ${name}`);
  return found;
}

const row = <T extends object>(engine: RunningEngine, entity: new () => T, values: object) =>
  engine.db.createQueryBuilder().insert().into(entity).values(values).execute();

async function addDomain(engine: RunningEngine, name: string, dataCenterId: string): Promise<string> {
  const [id, providerId] = [randomUUID(), randomUUID()];
  const names = { username: 'u', passwordSealed: '', tenantName: 't', userDomainName: 'd', projectDomainName: 'd' };
  const where = { url: null, authenticationUrl: `http://${name}`, endpoint: `http://${name}`, version: 1 };
  await row(engine, VolumeProvider, { id: providerId, name, description: '', requiresAuthentication: true, ...names, ...where });
  const kind = { type: 'volume', storageType: 'cinder', status: 'active', availableBytes: null, usedBytes: null };
  await row(engine, StorageDomain, { id, name, description: '', comment: '', providerId, dataCenterId, ...kind });
  const profileId = randomUUID();
  await row(engine, DiskProfile, { id: profileId, name, storageDomainId: id });
  await permitEverybody(engine.db, 'disk_profile', profileId);
  return id;
}

/** A disk that is ok as far as the database knows. */
export async function addDisk(engine: RunningEngine, name: string, storageDomainId: string): Promise<string> {
  const id = randomUUID();
  const flags = { sparse: true, shareable: false, wipeAfterDelete: false, propagateErrors: false };
  const volume = { volumeId: randomUUID(), volumeType: null, provisionedSize: 2 ** 30 };
  const state = { status: 'ok', statusReason: null, creationTime: new Date() };
  await row(engine, Disk, { id, name, description: '', storageDomainId, ...volume, ...flags, ...state });
  return id;
}

async function addHost(engine: RunningEngine, name: string, clusterId: string): Promise<string> {
  const id = randomUUID();
  const seen = { agentRunId: name, heartbeatAt: new Date(), memoryFreeBytes: 2 ** 30, secretUuids: [], status: 'up' };
  await row(engine, Host, { id, name, clusterId, comment: '', address: '10.0.0.1', capabilities: capabilities(name), ...seen });
  return id;
}

async function addPool(engine: RunningEngine, name: string, clusterId: string): Promise<string> {
  const id = randomUUID();
  const kind = { type: 'automatic', stateful: false, maxUserVms: 1, prestartedVms: 0, status: 'ok' };
  await row(engine, VmPool, { id, name, clusterId, templateId: BLANK_TEMPLATE_ID, ...kind });
  return id;
}

async function made(engine: RunningEngine, path: string, body: string): Promise<string> {
  const answer = await engine.ask('POST', path, body);
  if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
  return answer.id;
}

/** Networks, quotas, pools and profiles for which nobody but admin has a permission. */
async function addPrivate(
  engine: RunningEngine,
  name: string,
  { data_center, storage_domain }: { data_center: string; storage_domain: string },
) {
  const network = `<network><name>${name}-net</name><data_center id="${data_center}"/><profile_required>false</profile_required></network>`;
  const networkId = await made(engine, '/networks', network);
  const profile = `<vnic_profile><name>${name}-vnics</name><network id="${networkId}"/></vnic_profile>`;
  const disks = `<disk_profile><name>${name}-sd-private</name><storage_domain id="${storage_domain}"/></disk_profile>`;
  const range = '<range><from>02:00:00:00:00:01</from><to>02:00:00:00:00:ff</to></range>';
  return {
    network: networkId,
    vnic_profile: await made(engine, '/vnicprofiles', profile),
    quota: await made(engine, `/datacenters/${data_center}/quotas`, `<quota><name>${name}-quota</name></quota>`),
    disk_profile: await made(engine, '/diskprofiles', disks),
    mac_pool: await made(engine, '/macpools', `<mac_pool><name>${name}-macs</name><ranges>${range}</ranges></mac_pool>`),
  };
}

/** A data center with one of everything in it. The names of its objects begin with its own. */
export async function addWorld(engine: RunningEngine, name: string): Promise<World> {
  const dataCenter = await made(engine, '/datacenters', `<data_center><name>${name}</name><local>false</local></data_center>`);
  const cluster = await made(engine, '/clusters', `<cluster><name>${name}-c</name><data_center id="${dataCenter}"/></cluster>`);
  const vm = `<vm><name>${name}-vm</name><cluster id="${cluster}"/><template id="${BLANK_TEMPLATE_ID}"/></vm>`;
  const domain = await addDomain(engine, `${name}-sd`, dataCenter);
  return {
    data_center: dataCenter,
    cluster,
    host: await addHost(engine, `${name}-host`, cluster),
    vm: await made(engine, '/vms', vm),
    storage_domain: domain,
    disk: await addDisk(engine, `${name}-disk`, domain),
    vm_pool: await addPool(engine, `${name}-pool`, cluster),
    template: BLANK_TEMPLATE_ID,
    cpu_profile: cpuProfileId(cluster),
    ...(await addPrivate(engine, name, { data_center: dataCenter, storage_domain: domain })),
  };
}

/** A user with one role on one place, or with none. */
export interface Actor {
  readonly role?: string;
  readonly on?: PlaceType | 'system';
}

/** Somebody who asks. */
export interface KnownActor extends Actor {
  readonly id: string;
  readonly client: Client;
}

/** Adds the user to the world. */
export async function addActor(engine: RunningEngine, world: World, { role, on }: Actor): Promise<KnownActor> {
  const [id, userName] = [randomUUID(), `u-${randomUUID()}`];
  await row(engine, Account, { id, userName, domain: 'internal', passwordHash: await hashPassword(PASSWORD) });
  const known = { id, client: { login: `${userName}@internal`, password: PASSWORD } };
  if (role === undefined || on === undefined) return known;
  const objectId = on === 'system' ? SYSTEM_ID : world[on];
  await row(engine, Permission, { id: randomUUID(), roleId: roleNamed(role).id, accountId: id, objectType: on, objectId });
  return { ...known, role, on };
}

/** What somebody asks the engine. */
export const asking = (engine: RunningEngine, { client }: KnownActor) => ({
  get: (path: string, headers = {}): Promise<Answer> => engine.ask('GET', path, undefined, { ...client, headers }),
  post: (path: string, body: string): Promise<Answer> => engine.ask('POST', path, body, client),
  put: (path: string, body: string): Promise<Answer> => engine.ask('PUT', path, body, client),
  remove: (path: string): Promise<Answer> => engine.ask('DELETE', path, undefined, client),
});

/** False if it was refused to this caller; it may have failed for what it asks. */
export const isLet = ({ status }: Answer): boolean => ![401, 403, 404].includes(status);

/** The names in an answer, in its order. */
export const namesIn = ({ text }: Answer): string[] => [...text.matchAll(/<name>([\w-]+)<\/name>/g)].map(([, name = '']) => name);
