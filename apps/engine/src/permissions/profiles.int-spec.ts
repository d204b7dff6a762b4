import { randomUUID } from 'node:crypto';
import { In } from 'typeorm';
import { cpuProfileId } from '../cpu-profiles/cpu-profile.representation';
import { ProfilePermissions1770000190000 } from '../database/migrations/1770000190000-profile-permissions.migration';
import { Event } from '../events/event.entity';
import { ENGINE_PARTS } from '../testing/engine.parts';
import { type Answer, RunningEngine } from '../testing/running-engine';
import { EVERYONE_ID, type PlaceType } from './object.tree';
import { Permission } from './permission.entity';
import { type Actor, type KnownActor, type World, addActor, addWorld, asking, isLet, namesIn, roleNamed } from './testing/world';

let engine: RunningEngine;
let here: World;
let there: World;

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
  [here, there] = [await addWorld(engine, 'here'), await addWorld(engine, 'there')];
}, 60_000);

afterAll(async () => engine?.close());

const actor = (given: Actor): Promise<KnownActor> => addActor(engine, here, given);
const as = (known: KnownActor) => asking(engine, known);
const inOrder = (answer: Answer): string[] => namesIn(answer).sort();
const permission = (role: string, { id }: Pick<KnownActor, 'id'>): string =>
  `<permission><role><name>${role}</name></role><user id="${id}"/></permission>`;
const give = (known: KnownActor, role: string, path: string): Promise<Answer> =>
  engine.ask('POST', `${path}/permissions`, permission(role, known));

/** Each place, a role for it, and at which addresses it has permissions. */
const PLACES: [type: PlaceType, role: string, paths: (world: World) => string[]][] = [
  ['network', 'VnicProfileUser', (w) => [`/networks/${w.network}`, `/datacenters/${w.data_center}/networks/${w.network}`]],
  ['vnic_profile', 'VnicProfileUser', (w) => [`/vnicprofiles/${w.vnic_profile}`, `/networks/${w.network}/vnicprofiles/${w.vnic_profile}`]],
  ['quota', 'QuotaConsumer', (w) => [`/datacenters/${w.data_center}/quotas/${w.quota}`]],
  ['disk_profile', 'DiskProfileUser', (w) => [`/diskprofiles/${w.disk_profile}`]],
  ['cpu_profile', 'CpuProfileOperator', (w) => [`/cpuprofiles/${w.cpu_profile}`]],
  ['mac_pool', 'MacPoolUser', (w) => [`/macpools/${w.mac_pool}`]],
];

describe.each(PLACES)('permissions on a %s', (type, role, pathsOf) => {
  it('are given, found at all of its addresses and at the user, and taken away', async () => {
    const [user, paths] = [await actor({}), pathsOf(here)];
    for (const path of paths) {
      const made = await give(user, role, path);
      expect(made.status).toBe(201);
      for (const other of paths) {
        expect((await engine.ask('GET', `${other}/permissions`)).text).toContain(made.id);
        expect((await engine.ask('GET', `${other}/permissions/${made.id}`)).status).toBe(200);
      }
      const own = await engine.ask('GET', `/users/${user.id}/permissions/${made.id}`);
      const href = /<permission href="\/ovirt-engine\/api([^"]+)"/.exec(own.text)?.[1] ?? '';
      expect((await engine.ask('GET', href)).id).toBe(made.id);
      expect((await engine.ask('DELETE', `${path}/permissions/${made.id}`)).status).toBe(200);
      expect((await engine.ask('GET', `${path}/permissions/${made.id}`)).status).toBe(404);
      expect((await engine.ask('DELETE', `${path}/permissions/${made.id}`)).status).toBe(404);
    }
    const told = await engine.db.find(Event, { where: { code: In([850, 852]) }, order: { id: 'DESC' }, take: 2 });
    expect(told.map(({ code }) => code)).toEqual([852, 850]);
  });

  it('that are inherited are listed, and given twice are one', async () => {
    const [user, [path = '']] = [await actor({}), pathsOf(here)];
    const above = type === 'mac_pool' ? '' : `/datacenters/${here.data_center}`;
    const inherited = await give(user, role, above);
    expect((await engine.ask('GET', `${path}/permissions`)).text).toContain(inherited.id);
    expect((await engine.ask('GET', `${pathsOf(there)[0] ?? ''}/permissions`)).text.includes(inherited.id)).toBe(type === 'mac_pool');
    expect((await give(user, role, path)).id).toBe((await give(user, role, path)).id);
    expect((await engine.ask('DELETE', `${above}/permissions/${inherited.id}`)).status).toBe(200);
  });

  it('are given at the user, and not on the system', async () => {
    const user = await actor({});
    const body = `<permission><role><name>${role}</name></role><${type} id="${here[type]}"/></permission>`;
    const made = await engine.ask('POST', `/users/${user.id}/permissions`, body);
    expect(made.status).toBe(201);
    expect(await engine.db.findOneByOrFail(Permission, { id: made.id })).toMatchObject({ objectType: type, objectId: here[type] });
  });

  it('refuse what is wrong, and give nothing', async () => {
    const [user, [path = '']] = [await actor({}), pathsOf(here)];
    const before = await engine.db.count(Permission);
    const nobody = { id: randomUUID() };
    for (const [body, status] of [
      [permission('Nonsense', user), 404],
      [permission(role, nobody), 404],
      [permission(role, { id: 'me' }), 400],
      [`<permission><role><name>${role}</name></role></permission>`, 400],
      [`<permission><user id="${user.id}"/></permission>`, 400],
    ] as const)
      expect((await engine.ask('POST', `${path}/permissions`, body)).status).toBe(status);
    const nowhere = path.replace(/[^/]+$/, randomUUID());
    expect((await give(user, role, nowhere)).status).toBe(404);
    expect((await engine.ask('GET', `${nowhere}/permissions`)).status).toBe(404);
    expect((await engine.ask('DELETE', `${path}/permissions/${randomUUID()}`)).status).toBe(404);
    expect(await engine.db.count(Permission)).toBe(before);
  });

  it('are for those who may give some there', async () => {
    const [known, [path = '']] = [await actor({ role, on: type }), pathsOf(here)];
    const holder = role === 'QuotaConsumer' ? await actor({ role: 'UserRole', on: 'data_center' }) : known;
    expect((await as(holder).post(`${path}/permissions`, permission(role, holder))).status).toBe(403);
    const stranger = await addActor(engine, there, { role: 'UserRole', on: 'vm' });
    expect((await as(stranger).post(`${path}/permissions`, permission(role, stranger))).status).toBe(404);
    expect((await as(stranger).get(`${path}/permissions`)).status).toBe(404);
  });
});

describe('what lies in a data center', () => {
  const LISTS = ['networks', 'vnicprofiles', 'diskprofiles', 'macpools'];
  const quotas = (): string => `datacenters/${here.data_center}/quotas`;
  const seen = async (known: KnownActor, headers = {}): Promise<string[]> => {
    const names: string[] = [];
    for (const list of [...LISTS, quotas()])
      names.push(...inOrder(await as(known).get(`/${list}`, headers)).map((name) => `${list.split('/').at(-1)} ${name}`));
    return names;
  };
  const forAll = ['networks ovirtmgmt', 'vnicprofiles ovirtmgmt', 'macpools Default', 'quotas Default'];

  it('and is for all shows itself to those who see the data center, once', async () => {
    expect(await seen(await actor({ role: 'UserRole', on: 'vm' }))).toEqual(forAll);
    const disks = await actor({ role: 'DiskCreator', on: 'storage_domain' });
    expect(await seen(disks)).toEqual([...forAll.slice(0, 2), 'diskprofiles here-sd', ...forAll.slice(2)]);
  });

  it.each<[Actor, string[]]>([
    [{ role: 'NetworkAdmin', on: 'network' }, ['networks here-net', 'vnicprofiles here-vnics']],
    [{ role: 'VnicProfileUser', on: 'vnic_profile' }, ['networks here-net', 'vnicprofiles here-vnics']],
    [{ role: 'DiskProfileUser', on: 'disk_profile' }, ['diskprofiles here-sd', 'diskprofiles here-sd-private']],
    [{ role: 'CpuProfileOperator', on: 'cpu_profile' }, []],
    [{ role: 'MacPoolUser', on: 'mac_pool' }, ['macpools here-macs']],
    [
      { role: 'UserRole', on: 'data_center' },
      ['networks here-net', 'vnicprofiles here-vnics', 'diskprofiles here-sd', 'diskprofiles here-sd-private', 'quotas here-quota'],
    ],
  ])('and is not shows itself to %p', async (given, expected) => {
    const found = await seen(await actor(given), { filter: 'true' });
    const hidden = given.on === 'mac_pool' ? ['networks ovirtmgmt', 'vnicprofiles ovirtmgmt', 'quotas Default'] : [];
    expect(found.sort()).toEqual([...forAll.filter((one) => !hidden.includes(one)), ...expected].sort());
  });

  it('is not found by who does not see it', async () => {
    const known = await actor({ role: 'UserRole', on: 'vm' });
    for (const [, , pathsOf] of PLACES.filter(([type]) => type !== 'cpu_profile'))
      for (const path of pathsOf(here)) {
        expect((await as(known).get(path)).status).toBe(404);
        expect((await engine.ask('GET', path)).status).toBe(200);
      }
    expect((await as(known).get(`/cpuprofiles/${here.cpu_profile}`)).status).toBe(200);
    expect((await as(known).get(`/cpuprofiles/${there.cpu_profile}`)).status).toBe(404);
    expect(inOrder(await as(known).get(`/clusters/${here.cluster}/cpuprofiles`))).toEqual(['here-c']);
    for (const path of [
      `/datacenters/${there.data_center}/networks`,
      `/clusters/${there.cluster}/networks`,
      `/storagedomains/${here.storage_domain}/diskprofiles`,
    ])
      expect((await as(known).get(path)).status).toBe(404);
    expect((await as(known).remove(`/networks/${here.network}`)).status).toBe(404);
  });

  it('does not come by a link either', async () => {
    const known = await actor({ role: 'UserRole', on: 'vm' });
    const path = `/datacenters/${here.data_center}?follow=networks,quotas`;
    expect((await engine.ask('GET', path)).text).toMatch(/here-net.*here-quota/s);
    expect((await as(known).get(path)).text).not.toMatch(/here-net|here-quota/);
    expect((await as(known).get(path)).text).toContain('<name>ovirtmgmt</name>');
  });

  it('shows by one’s own permission where it is', async () => {
    const known = await actor({ role: 'VnicProfileUser', on: 'vnic_profile' });
    expect(inOrder(await as(known).get('/datacenters'))).toEqual(['here']);
    expect(inOrder(await as(known).get('/clusters'))).toEqual([]);
  });
});

describe('using it needs a permit', () => {
  const nic = (name: string, profile: string): string => `<nic><name>${name}</name><vnic_profile id="${profile}"/></nic>`;

  it('on the profile of an interface, beside that on the VM', async () => {
    const known = await actor({ role: 'UserVmManager', on: 'vm' });
    const nics = `/vms/${here.vm}/nics`;
    const { id: common } = await as(known).get(`/vnicprofiles`);
    const { id: free } = await as(known).post(nics, nic('free', common));
    expect((await as(known).get(`${nics}/${free}`)).text).toContain(common);
    expect((await as(known).post(nics, nic('secret', here.vnic_profile))).status).toBe(404);
    await give(known, 'UserRole', `/datacenters/${here.data_center}`);
    expect((await as(known).post(nics, nic('secret', here.vnic_profile))).status).toBe(403);
    expect((await as(known).put(`${nics}/${free}`, nic('free', here.vnic_profile))).status).toBe(403);
    expect((await as(known).get(nics)).text).not.toContain(here.vnic_profile);
    const given = await give(known, 'VnicProfileUser', `/networks/${here.network}`);
    expect((await as(known).put(`${nics}/${free}`, nic('free', here.vnic_profile))).status).toBe(200);
    expect((await engine.ask('DELETE', `/networks/${here.network}/permissions/${given.id}`)).status).toBe(200);
    expect((await as(known).put(`${nics}/${free}`, nic('renamed', here.vnic_profile))).status).toBe(200);
    expect((await as(known).remove(`${nics}/${free}`)).status).toBe(200);
  });

  const disk = (more = ''): string =>
    `<disk><name>d</name><provisioned_size>1073741824</provisioned_size><format>raw</format>${more}<storage_domains><storage_domain id="${here.storage_domain}"/></storage_domains></disk>`;

  it('on the profile of a disk; who names none gets one that he may use', async () => {
    const known = await actor({ role: 'DiskCreator', on: 'storage_domain' });
    const wanted = disk(`<disk_profile id="${here.disk_profile}"/>`);
    expect((await as(known).post('/disks', wanted)).status).toBe(404);
    expect(isLet(await as(known).post('/disks', disk()))).toBe(true);
    const mine = await give(known, 'DiskProfileUser', `/diskprofiles/${here.disk_profile}`);
    expect(isLet(await as(known).post('/disks', wanted))).toBe(true);
    await engine.db.query(
      'DELETE FROM permission WHERE group_id = $1 AND object_id IN (SELECT id FROM disk_profile WHERE storage_domain_id = $2)',
      [EVERYONE_ID, here.storage_domain],
    );
    expect(isLet(await as(known).post('/disks', disk()))).toBe(true);
    await engine.ask('DELETE', `/diskprofiles/${here.disk_profile}/permissions/${mine.id}`);
    expect((await as(known).post('/disks', disk())).status).toBe(403);
    expect(isLet(await engine.ask('POST', '/disks', disk()))).toBe(true);
  });

  it('on the quota, and on the default one where quotas count', async () => {
    const known = await addActor(engine, there, { role: 'DiskCreator', on: 'storage_domain' });
    const body = (more = ''): string => disk(more).replace(here.storage_domain, there.storage_domain);
    const wanted = body(`<quota id="${there.quota}"/>`);
    const quotas = `/datacenters/${there.data_center}/quotas`;
    expect((await as(known).post('/disks', wanted)).status).toBe(404);
    await give(known, 'QuotaConsumer', `${quotas}/${there.quota}`);
    expect(isLet(await as(known).post('/disks', wanted))).toBe(true);
    await engine.db.delete(Permission, { groupId: EVERYONE_ID, objectType: 'quota' });
    expect(isLet(await as(known).post('/disks', body()))).toBe(true);
    await engine.ask('PUT', `/datacenters/${there.data_center}`, '<data_center><quota_mode>enabled</quota_mode></data_center>');
    expect((await as(known).post('/disks', body())).status).toBe(403);
    await give(known, 'StorageAdmin', `/disks/${there.disk}`);
    const moved = (name: string) =>
      as(known).post(`/disks/${there.disk}/${name}`, `<action><storage_domain id="${there.storage_domain}"/></action>`);
    expect([isLet(await moved('move')), (await moved('copy')).status]).toEqual([true, 403]);
    expect(isLet(await as(known).post('/disks', wanted))).toBe(true);
  });
});

describe('who makes one', () => {
  it.each([
    ['/networks', 'NetworkAdmin', (w: World) => `<network><name>made</name><data_center id="${w.data_center}"/></network>`],
    ['/vnicprofiles', 'NetworkAdmin', (w: World) => `<vnic_profile><name>made</name><network id="${w.network}"/></vnic_profile>`],
    ['/quotas', 'QuotaConsumer', () => '<quota><name>made</name></quota>'],
    [
      '/diskprofiles',
      'DiskProfileUser',
      (w: World) => `<disk_profile><name>made</name><storage_domain id="${w.storage_domain}"/></disk_profile>`,
    ],
    [
      '/macpools',
      'MacPoolAdmin',
      () =>
        `<mac_pool><name>made</name><ranges><range><from>02:01:00:00:00:01</from><to>02:01:00:00:00:02</to></range></ranges></mac_pool>`,
    ],
  ] as const)('%s gets %s on it, which goes with it', async (collection, role, body) => {
    const known = await actor({ role: 'SuperUser', on: 'system' });
    const path = collection === '/quotas' ? `/datacenters/${here.data_center}/quotas` : collection;
    const { id } = await as(known).post(path, body(here));
    const granted = await engine.db.findBy(Permission, { accountId: known.id, objectId: id });
    expect(granted.map(({ roleId }) => roleId)).toEqual([roleNamed(role).id]);
    const profile = collection === '/networks' ? (await engine.ask('GET', `/networks/${id}/vnicprofiles`)).id : id;
    expect(await engine.db.countBy(Permission, { objectId: profile, groupId: EVERYONE_ID })).toBe(collection === '/networks' ? 1 : 0);
    expect((await as(known).remove(`${path}/${id}`)).status).toBe(200);
    for (const objectId of [id, profile]) expect(await engine.db.countBy(Permission, { objectId })).toBe(0);
  });

  it('makes a cluster whose processors everybody may use as long as it is there', async () => {
    const { id } = await engine.ask('POST', '/clusters', `<cluster><name>brief</name><data_center id="${here.data_center}"/></cluster>`);
    const objectId = cpuProfileId(id);
    expect((await engine.db.findBy(Permission, { objectId })).map(({ roleId }) => roleId)).toEqual([roleNamed('CpuProfileOperator').id]);
    expect((await engine.ask('DELETE', `/clusters/${id}`)).status).toBe(200);
    expect(await engine.db.countBy(Permission, { objectId })).toBe(0);
  });
});

describe('an installation that had no such permissions', () => {
  it('lets everybody use what he could use', async () => {
    const runner = engine.db.connection.createQueryRunner();
    const migration = new ProfilePermissions1770000190000();
    await migration.down(runner);
    await migration.up(runner);
    await runner.release();
    const everybodys = async (type: PlaceType, id: string) =>
      engine.db.countBy(Permission, { groupId: EVERYONE_ID, objectType: type, objectId: id });
    for (const type of ['vnic_profile', 'cpu_profile', 'mac_pool'] as const) expect(await everybodys(type, here[type])).toBe(1);
    for (const type of ['quota', 'disk_profile', 'network'] as const) expect(await everybodys(type, here[type])).toBe(0);
    const [own] = await engine.db.query<{ id: string }[]>(`SELECT id FROM disk_profile WHERE name = 'here-sd'`);
    expect(await everybodys('disk_profile', own?.id ?? '')).toBe(1);
    const known = await actor({ role: 'UserVmManager', on: 'vm' });
    const nic = `<nic><name>upgraded</name><vnic_profile id="${here.vnic_profile}"/></nic>`;
    expect((await as(known).post(`/vms/${here.vm}/nics`, nic)).status).toBe(201);
  });
});
