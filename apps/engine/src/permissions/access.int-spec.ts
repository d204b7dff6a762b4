import { AccountGroup, AccountGroupMember } from '../accounts/account.entity';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import type { DiskId } from '../disks/disk.entity';
import { Event } from '../events/event.entity';
import { ENGINE_PARTS } from '../testing/engine.parts';
import { RunningEngine } from '../testing/running-engine';
import { Permission } from './permission.entity';
import { type Actor, type KnownActor, type World, addActor, addDisk, addWorld, asking, isLet, namesIn, roleNamed } from './testing/world';

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

async function give(known: KnownActor, role: string, path: string): Promise<void> {
  const body = `<permission><role><name>${role}</name></role><user id="${known.id}"/></permission>`;
  expect((await engine.ask('POST', `${path}/permissions`, body)).status).toBe(201);
}

describe('lists', () => {
  const LISTS = ['datacenters', 'clusters', 'hosts', 'storagedomains', 'disks', 'vms'];
  const all = ['here', 'here-c', 'here-host', 'here-sd', 'here-disk', 'here-vm'];

  it.each<[Actor, string[]]>([
    [{ role: 'UserRole', on: 'vm' }, ['here', 'here-c', 'here-vm']],
    [{ role: 'DiskOperator', on: 'disk' }, ['here', 'here-sd', 'here-disk']],
    [{ role: 'DiskCreator', on: 'storage_domain' }, ['here', 'here-sd']],
    [{ role: 'VmCreator', on: 'cluster' }, ['here', 'here-c']],
    [{ role: 'PowerUserRole', on: 'data_center' }, ['here']],
  ])('for %p hold %p', async (given, expected) => {
    const known = await actor(given);
    const found = [];
    for (const list of LISTS) found.push(...namesIn(await as(known).get(`/${list}`)).filter((name) => /^(here|there)/.test(name)));
    expect(found).toEqual(expected);
  });

  it.each<[Actor, string[]]>([
    [{ role: 'StorageAdmin', on: 'storage_domain' }, ['here', 'here-sd', 'here-disk']],
    [{ role: 'ClusterAdmin', on: 'cluster' }, ['here', 'here-c', 'here-host', 'here-vm']],
    [{ role: 'DataCenterAdmin', on: 'data_center' }, all],
    [{ role: 'TagManager', on: 'system' }, []],
  ])('for %p hold everything, and with Filter what his permissions show', async (given, expected) => {
    const known = await actor(given);
    const [found, filtered] = [[] as string[], [] as string[]];
    for (const list of LISTS) {
      found.push(...namesIn(await as(known).get(`/${list}`)).filter((name) => /^(here|there)/.test(name)));
      filtered.push(...namesIn(await as(known).get(`/${list}`, { filter: 'true' })).filter((name) => /^(here|there)/.test(name)));
    }
    expect(found.sort()).toEqual([...all, ...all.map((name) => name.replace('here', 'there'))].sort());
    expect(filtered).toEqual(expected);
  });

  it('show an administrator what he may not change', async () => {
    const known = await actor({ role: 'DataCenterAdmin', on: 'data_center' });
    expect((await as(known).get(`/vms/${there.vm}`)).status).toBe(200);
    expect((await as(known).put(`/vms/${there.vm}`, '<vm><description>mine</description></vm>')).status).toBe(403);
    expect((await as(known).remove(`/disks/${there.disk}`)).status).toBe(403);
  });

  it.each(['SuperUser', 'ReadOnlyAdmin', 'UserRole'])('for %s on the system hold everything', async (role) => {
    const known = await actor({ role, on: 'system' });
    for (const list of LISTS) expect(namesIn(await as(known).get(`/${list}`)).filter((name) => name.startsWith('there'))).toHaveLength(1);
  });

  it('are filtered before they are paged and searched', async () => {
    const known = await actor({ role: 'UserRole', on: 'vm' });
    expect(namesIn(await as(known).get('/vms?max=1&search=sortby name desc')).filter((name) => name.includes('-vm'))).toEqual(['here-vm']);
    expect(namesIn(await as(known).get('/vms?search=name=there-vm'))).toEqual([]);
  });

  it('in lists hold what one sees', async () => {
    const known = await actor({ role: 'DiskOperator', on: 'disk' });
    expect(namesIn(await as(known).get(`/datacenters/${here.data_center}/storagedomains`))).toContain('here-sd');
    expect(namesIn(await as(known).get(`/datacenters/${here.data_center}/clusters`))).not.toContain('here-c');
    await addDisk(engine, 'here-other-disk', here.storage_domain);
    expect(namesIn(await as(known).get(`/storagedomains/${here.storage_domain}/disks`)).filter((name) => /^here/.test(name))).toEqual([
      'here-disk',
    ]);
    await engine.db.query(`DELETE FROM disk WHERE name = 'here-other-disk'`);
  });

  it('of users show oneself, of networks those of data centers that one sees', async () => {
    const known = await actor({ role: 'UserRole', on: 'vm' });
    expect((await as(known).get('/users')).text.match(/<user /g)).toHaveLength(1);
    expect((await as(known).get(`/users/${known.id}`)).status).toBe(200);
    expect((await as(known).get('/networks')).text).not.toContain(there.data_center);
    expect((await as(known).get('/openstackvolumeproviders')).status).toBe(403);
  });
});

describe('what follows links', () => {
  it('brings nothing that one does not see', async () => {
    await engine.db.query('UPDATE vm SET host_id = $1 WHERE id = $2', [here.host, here.vm]);
    const known = await actor({ role: 'UserRole', on: 'vm' });
    const path = `/vms/${here.vm}?follow=host,cluster`;
    expect((await engine.ask('GET', path)).text).toContain('<name>here-host</name>');
    const { text } = await as(known).get(path);
    expect(text).not.toContain('<name>here-host</name>');
    expect(text).toContain('<name>here-c</name>');
    await engine.db.query('UPDATE vm SET host_id = NULL WHERE id = $1', [here.vm]);
  });
});

describe('the header Filter', () => {
  it('false is for administrators', async () => {
    const [user, admin] = [await actor({ role: 'UserRole', on: 'vm' }), await actor({ role: 'ReadOnlyAdmin', on: 'system' })];
    expect((await as(user).get('/vms', { filter: 'false' })).status).toBe(403);
    expect((await as(user).get('/vms', { filter: 'true' })).status).toBe(200);
    expect((await as(user).get('/vms;filter=false')).status).toBe(403);
    expect((await as(admin).get('/vms', { filter: 'false' })).status).toBe(200);
  });

  it('true shows administrators what their permissions show', async () => {
    const known = await actor({ role: 'ReadOnlyAdmin', on: 'system' });
    expect(namesIn(await as(known).get('/vms', { filter: 'true' }))).toEqual(expect.arrayContaining(['here-vm', 'there-vm']));
    expect((await as(known).get('/users', { filter: 'true' })).text.match(/<user /g)).toHaveLength(1);
    expect((await as(known).get('/users')).text.match(/<user /g)?.length).toBeGreaterThan(1);
  });
});

describe('objects that one does not see', () => {
  it('do not exist', async () => {
    const known = await actor({ role: 'UserVmManager', on: 'vm' });
    for (const path of [`/vms/${there.vm}`, `/disks/${here.disk}`, `/hosts/${here.host}`, `/vms/${there.vm}/permissions`, '/vms/None'])
      expect((await as(known).get(path)).status).toBe(404);
    expect((await as(known).remove(`/vms/${there.vm}`)).status).toBe(404);
  });

  it('are as absent as those that are not there', async () => {
    const known = await actor({ role: 'UserRole', on: 'vm' });
    const nowhere = '99999999-9999-4999-8999-999999999999';
    const texts = await Promise.all([there.vm, nowhere].map(async (id) => (await as(known).get(`/vms/${id}`)).text.replace(id, 'ID')));
    expect(texts[0]).toBe(texts[1]);
  });
});

describe('bodies name objects too', () => {
  const disk = (domain: string): string =>
    `<disk><name>d</name><provisioned_size>1073741824</provisioned_size><format>raw</format><storage_domains><storage_domain id="${domain}"/></storage_domains></disk>`;
  const vm = (name: string, { cluster }: World, disks = ''): string =>
    `<vm><name>${name}</name><cluster id="${cluster}"/><template><name>Blank</name></template>${disks}</vm>`;
  const attachment = (id: string): string =>
    `<disk_attachment><interface>virtio</interface><bootable>false</bootable><disk id="${id}"/></disk_attachment>`;

  it('a disk needs create_disk on its storage domain', async () => {
    const known = await actor({ role: 'DiskCreator', on: 'storage_domain' });
    expect(isLet(await as(known).post('/disks', disk(here.storage_domain)))).toBe(true);
    expect((await as(known).post('/disks', disk(there.storage_domain))).status).toBe(404);
    const other = await actor({ role: 'DiskOperator', on: 'disk' });
    expect((await as(other).post('/disks', disk(here.storage_domain))).status).toBe(403);
  });

  it('a VM needs create_vm on its cluster and its template, and attach_disk on its disks', async () => {
    const known = await actor({ role: 'VmCreator', on: 'cluster' });
    expect((await as(known).post('/vms', vm('mine', here))).status).toBe(201);
    expect((await as(known).post('/vms', vm('other', there))).status).toBe(404);
    const disks = `<disk_attachments>${attachment(here.disk)}</disk_attachments>`;
    expect((await as(known).post('/vms', vm('with-disk', here, disks))).status).toBe(404);
    const user = await actor({ role: 'UserVmManager', on: 'vm' });
    expect((await as(user).post('/vms', vm('no', here))).status).toBe(403);
  });

  it('its creator goes on with it, as nobody else', async () => {
    const [known, other] = [await actor({ role: 'VmCreator', on: 'cluster' }), await actor({ role: 'VmCreator', on: 'cluster' })];
    const { id } = await as(known).post('/vms', vm('own', here));
    expect((await as(known).put(`/vms/${id}`, '<vm><comment>mine</comment></vm>')).status).toBe(200);
    expect((await as(other).get(`/vms/${id}`)).status).toBe(404);
    const manager = { roleId: roleNamed('UserVmManager').id, accountId: known.id };
    expect(await engine.db.countBy(Permission, { ...manager, objectId: id })).toBe(1);
    await engine.db.query('DELETE FROM vm WHERE id = $1', [id]);
    expect(await engine.db.countBy(Permission, manager)).toBe(0);
  });

  it('whoever may start it chooses for one run what it boots from, and only who may edit it more', async () => {
    const [user, manager] = [await actor({ role: 'UserRole', on: 'vm' }), await actor({ role: 'UserVmManager', on: 'vm' })];
    const start = (known: KnownActor, os: string) =>
      as(known).post(`/vms/${here.vm}/start`, `<action><pause>true</pause><vm>${os}</vm></action>`);
    expect(isLet(await start(user, '<os><boot><devices><device>network</device></devices></boot></os>'))).toBe(true);
    expect((await start(user, '<os><kernel>/etc/shadow</kernel></os>')).status).toBe(403);
    expect((await start(user, '<initialization><root_password>mine</root_password></initialization>')).status).toBe(403);
    expect(isLet(await start(manager, '<os><kernel>/boot/vmlinuz</kernel></os>'))).toBe(true);
  });

  it('attaching needs a permit on the VM and one on the disk', async () => {
    const known = await actor({ role: 'UserVmManager', on: 'vm' });
    const path = `/vms/${here.vm}/diskattachments`;
    expect((await as(known).post(path, attachment(here.disk))).status).toBe(404);
    await give(known, 'DiskOperator', `/disks/${here.disk}`);
    expect((await as(known).post(path, attachment(here.disk))).status).toBe(201);
    expect((await as(known).remove(`${path}/${here.disk}`)).status).toBe(200);
    const owner = await actor({ role: 'DiskOperator', on: 'disk' });
    expect((await as(owner).post(path, attachment(here.disk))).status).toBe(404);
  });

  it('who manages a VM manages the disks that it has', async () => {
    const known = await actor({ role: 'UserVmManager', on: 'vm' });
    expect((await as(known).get(`/disks/${here.disk}`)).status).toBe(404);
    const how = {
      bootable: false,
      interface: 'virtio' as const,
      readOnly: false,
      passDiscard: false,
      plugged: false,
      status: 'ok' as const,
    };
    await engine.db.insert(DiskAttachment, { diskId: here.disk as DiskId, vmId: here.vm, ...how });
    expect((await as(known).get(`/disks/${here.disk}`)).status).toBe(200);
    expect((await as(known).put(`/disks/${here.disk}`, '<disk><description>seen</description></disk>')).status).toBe(200);
    await engine.db.delete(DiskAttachment, { diskId: here.disk as DiskId });
  });

  it.each([
    ['/clusters', (w: World) => `<cluster><name>x</name><data_center id="${w.data_center}"/></cluster>`],
    ['/networks', (w: World) => `<network><name>x</name><data_center id="${w.data_center}"/></network>`],
  ])('POST %s is for who administrates the data center', async (path, body) => {
    const known = await actor({ role: 'DataCenterAdmin', on: 'data_center' });
    expect((await as(known).post(path, body(here))).status).toBe(201);
    expect((await as(known).post(path, body(there))).status).toBe(403);
    expect((await as(await actor({ role: 'UserRole', on: 'vm' })).post(path, body(here))).status).toBe(403);
  });

  it('a VM moves only to a cluster in which one may create it', async () => {
    const known = await actor({ role: 'UserVmManager', on: 'vm' });
    expect((await as(known).put(`/vms/${here.vm}`, `<vm><cluster id="${there.cluster}"/></vm>`)).status).toBe(404);
  });
});

describe('who may give permissions', () => {
  const grant = (role: string, to: KnownActor): string => `<permission><role><name>${role}</name></role><user id="${to.id}"/></permission>`;

  it('gives them below, and no administrative ones', async () => {
    const [known, other] = [await actor({ role: 'UserVmManager', on: 'vm' }), await actor({ role: 'DiskOperator', on: 'disk' })];
    const made = await as(known).post(`/vms/${here.vm}/permissions`, grant('UserRole', other));
    expect(made.status).toBe(201);
    expect((await as(other).get(`/vms/${here.vm}`)).status).toBe(200);
    expect((await as(known).post(`/vms/${here.vm}/permissions`, grant('SuperUser', known))).status).toBe(403);
    expect((await as(known).post(`/clusters/${here.cluster}/permissions`, grant('UserRole', known))).status).toBe(403);
    expect((await as(known).post('/permissions', grant('UserRole', known))).status).toBe(403);
    expect((await as(known).post(`/vms/${there.vm}/permissions`, grant('UserRole', known))).status).toBe(404);
    expect((await as(other).remove(`/vms/${here.vm}/permissions/${made.id}`)).status).toBe(403);
    expect((await as(known).remove(`/vms/${here.vm}/permissions/${made.id}`)).status).toBe(200);
    expect((await as(other).get(`/vms/${here.vm}`)).status).toBe(404);
  });

  it('others find their own only', async () => {
    const known = await actor({ role: 'UserRole', on: 'vm' });
    const { text } = await as(known).get(`/vms/${here.vm}/permissions`);
    expect(text.match(/<permission /g)).toHaveLength(1);
    expect(text).toContain(known.id);
    expect((await as(known).get('/permissions')).text).not.toContain('<permission ');
  });
});

describe('groups', () => {
  it('share their permissions with their members, as long as they are', async () => {
    const known = await actor({ role: 'DiskOperator', on: 'disk' });
    const groupId = '44444444-4444-4444-8444-444444444444';
    await engine.db.insert(AccountGroup, { id: groupId, name: 'team', domain: 'internal' });
    const body = `<permission><role><name>UserRole</name></role><group id="${groupId}"/></permission>`;
    expect((await engine.ask('POST', `/vms/${here.vm}/permissions`, body)).status).toBe(201);
    expect((await as(known).get(`/vms/${here.vm}`)).status).toBe(404);
    await engine.db.insert(AccountGroupMember, { accountId: known.id, groupId });
    expect((await as(known).get(`/vms/${here.vm}`)).status).toBe(200);
    expect((await engine.ask('GET', `/users/${known.id}/permissions`)).text).toContain(groupId);
    await engine.db.delete(AccountGroup, { id: groupId });
    expect(await engine.db.countBy(Permission, { groupId })).toBe(0);
  });
});

describe('refusals', () => {
  it('say what oVirt says, once in the events', async () => {
    const known = await actor({ role: 'UserRole', on: 'vm' });
    for (let i = 0; i < 3; i++) {
      const answer = await as(known).remove(`/vms/${here.vm}`);
      expect(answer.status).toBe(403);
      expect(answer.text).toContain('<detail>[User is not authorized to perform this action.]</detail>');
    }
    const told = await engine.db.findBy(Event, { userId: known.id });
    expect(told.map(({ code, vmId }) => ({ code, vmId }))).toEqual([{ code: 90_003, vmId: here.vm }]);
  });

  it('of actions are actions', async () => {
    const known = await actor({ role: 'DiskOperator', on: 'disk' });
    await give(known, 'VmCreator', `/vms/${here.vm}`);
    const answer = await as(known).post(`/vms/${here.vm}/start`, '<action/>');
    expect(answer.status).toBe(403);
    expect(answer.text).toMatch(/^<\?xml.*?<action>.*<fault>/s);
  });

  it('meet whoever has no role at the door', async () => {
    const answer = await as(await actor({})).get('');
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('is not authorized to perform login');
  });
});
