import { randomUUID } from 'node:crypto';
import { Account } from '../accounts/account.entity';
import { hashPassword } from '../accounts/password-hash';
import { ClustersModule } from '../clusters/clusters.module';
import { DataCentersModule } from '../data-centers/data-centers.module';
import { RunningEngine } from '../testing/running-engine';
import { AccessService } from './access.service';
import { Permission } from './permission.entity';
import { PREDEFINED_ROLES } from './predefined.roles';

let engine: RunningEngine;
let cluster: string;
let dataCenter: string;
const EVERYONE = 'eee00000-0000-0000-0000-123456789eee';
const roleId = (name: string): string => PREDEFINED_ROLES.find((one) => one.name === name)?.id ?? '';

async function addUser(name: string): Promise<string> {
  const id = randomUUID();
  await engine.db.insert(Account, { id, userName: name, domain: 'internal', passwordHash: await hashPassword('secret') });
  return id;
}

const permission = (role: string, userId: string): string =>
  `<permission><role><name>${role}</name></role><user id="${userId}"/></permission>`;

beforeAll(async () => {
  engine = await RunningEngine.start([ClustersModule, DataCentersModule]);
  cluster = (await engine.ask('GET', '/clusters')).id;
  dataCenter = (await engine.ask('GET', '/datacenters')).id;
});

afterAll(async () => engine?.close());

describe('roles', () => {
  it('are there from the start, with the ids and permits that oVirt gives them', async () => {
    const { text } = await engine.ask('GET', '/roles');
    for (const { id, name } of PREDEFINED_ROLES)
      expect(text).toMatch(new RegExp(`<role href="/ovirt-engine/api/roles/${id}" id="${id}">.*?<name>${name}</name>`));
    const superUser = await engine.ask('GET', `/roles/${roleId('SuperUser')}`);
    expect(superUser.text).toContain('<mutable>false</mutable>');
    expect((await engine.ask('GET', `/roles/${roleId('UserRole')}/permits`)).text).toContain('<name>run_vm</name>');
  });

  it('of our own are made, changed and removed, and name each permit by id or name', async () => {
    const made = await engine.ask(
      'POST',
      '/roles',
      '<role><name>starter</name><permits><permit id="22"/><permit><name>login</name></permit></permits></role>',
    );
    expect(made.status).toBe(201);
    expect((await engine.ask('PUT', `/roles/${made.id}`, '<role><description>starts</description></role>')).text).toContain(
      '<description>starts</description>',
    );
    expect((await engine.ask('POST', `/roles/${made.id}/permits`, '<permit><name>stop_vm</name></permit>')).status).toBe(201);
    const permits = await engine.ask('GET', `/roles/${made.id}/permits`);
    expect(permits.text.match(/<name>\w+/g)).toEqual(['<name>stop_vm', '<name>run_vm', '<name>login']);
    expect((await engine.ask('GET', `/roles/${made.id}/permits/22`)).text).toContain('<name>run_vm</name>');
    expect(await engine.ask('POST', `/roles/${made.id}/permits`, '<permit/>')).toMatchObject({
      status: 400,
      text: expect.stringContaining('Permit [id|name] required for add') as string,
    });
    for (const permit of [18, 22]) expect((await engine.ask('DELETE', `/roles/${made.id}/permits/${permit}`)).status).toBe(200);
    expect((await engine.ask('DELETE', `/roles/${made.id}/permits/1300`)).status).toBe(200);
    expect((await engine.ask('GET', `/roles/${made.id}/permits`)).text).toContain('<permits/>');
    expect((await engine.ask('POST', `/roles/${made.id}/permits`, '<permit id="1300"/>')).status).toBe(201);
    expect((await engine.ask('DELETE', `/roles/${made.id}`)).status).toBe(200);
    expect((await engine.ask('GET', `/roles/${made.id}`)).status).toBe(404);
  });

  it('that are assigned stay', async () => {
    const { id } = await engine.ask(
      'POST',
      '/roles',
      '<role><name>assigned</name><permits><permit><name>login</name></permit></permits></role>',
    );
    const { id: given } = await engine.ask('POST', `/clusters/${cluster}/permissions`, permission('assigned', await addUser('holder')));
    expect((await engine.ask('DELETE', `/roles/${id}`)).status).toBe(409);
    expect((await engine.ask('DELETE', `/clusters/${cluster}/permissions/${given}`)).status).toBe(200);
    expect((await engine.ask('DELETE', `/roles/${id}`)).status).toBe(200);
  });

  it.each([
    ['POST', '/roles', '<role><name>UserRole</name><permits><permit id="1"/></permits></role>', 409],
    ['POST', '/roles', '<role><name>x</name><permits/></role>', 400],
    ['POST', '/roles', '<role><name>x</name></role>', 400],
    ['POST', '/roles', '<role><name>x</name><permits><permit id="99999"/></permits></role>', 400],
    ['POST', '/roles', '<role><name>x</name><permits><permit><name>create_host</name></permit></permits></role>', 409],
    ['PUT', `/roles/${roleId('UserRole')}`, '<role><name>x</name></role>', 409],
    ['DELETE', `/roles/${roleId('UserRole')}`, undefined, 409],
    ['POST', `/roles/${roleId('UserRole')}/permits`, '<permit id="1"/>', 409],
    ['DELETE', `/roles/${roleId('UserRole')}/permits/1300`, undefined, 409],
    ['DELETE', '/roles/None', undefined, 404],
  ] as const)('%s %s %s is refused', async (method, path, body, status) => {
    expect((await engine.ask(method, path, body)).status).toBe(status);
  });
});

describe('permissions', () => {
  it('are given on an object, seen below it, and taken away', async () => {
    const user = await addUser('given');
    const made = await engine.ask('POST', `/datacenters/${dataCenter}/permissions`, permission('UserRole', user));
    expect(made.status).toBe(201);
    expect(made.text).toContain(`<permission href="/ovirt-engine/api/datacenters/${dataCenter}/permissions/${made.id}" id="${made.id}">`);
    expect(made.text).toContain(`<user href="/ovirt-engine/api/users/${user}" id="${user}"`);
    expect((await engine.ask('GET', `/clusters/${cluster}/permissions`)).text).toContain(made.id);
    expect((await engine.ask('GET', `/clusters/${cluster}/permissions/${made.id}`)).status).toBe(200);
    expect((await engine.ask('GET', '/permissions')).text).not.toContain(made.id);
    expect((await engine.ask('GET', `/users/${user}/permissions`)).text).toContain(
      `<data_center href="/ovirt-engine/api/datacenters/${dataCenter}"`,
    );
    expect((await engine.ask('DELETE', `/datacenters/${dataCenter}/permissions/${made.id}`)).status).toBe(200);
    expect((await engine.ask('GET', `/datacenters/${dataCenter}/permissions/${made.id}`)).status).toBe(404);
  });

  it.each(['UserRole', 'ClusterAdmin'])('are followed as they are listed, for the administrator and a %s', async (role) => {
    const user = await addUser(`follows-as-${role}`);
    await engine.ask('POST', `/clusters/${cluster}/permissions`, permission(role, user));
    for (const client of [{}, { login: `follows-as-${role}@internal`, password: 'secret' }]) {
      const ids = async (path: string) =>
        [...(await engine.ask('GET', path, undefined, client)).text.matchAll(/<permission [^>]*id="([^"]+)"/g)].map(([, id]) => id);
      const listed = await ids(`/clusters/${cluster}/permissions`);
      expect(listed.length).toBeGreaterThan(0);
      expect(await ids(`/clusters/${cluster}?follow=permissions`)).toEqual(listed);
    }
  });

  it('that are given twice are one', async () => {
    const user = await addUser('twice');
    const ids = [];
    for (let i = 0; i < 2; i++) ids.push((await engine.ask('POST', `/clusters/${cluster}/permissions`, permission('UserRole', user))).id);
    expect(ids[0]).toBe(ids[1]);
  });

  it('of a user go with him, those on an object with it', async () => {
    const user = await addUser('goes');
    const made = await engine.ask('POST', '/datacenters', '<data_center><name>short</name><local>false</local></data_center>');
    await engine.ask('POST', `/datacenters/${made.id}/permissions`, permission('UserRole', user));
    expect((await engine.ask('DELETE', `/datacenters/${made.id}`)).status).toBe(200);
    expect(await engine.db.countBy(Permission, { objectId: made.id })).toBe(0);
    await engine.ask('POST', `/clusters/${cluster}/permissions`, permission('UserRole', user));
    await engine.db.delete(Account, { id: user });
    expect(await engine.db.countBy(Permission, { accountId: user })).toBe(0);
  });

  it('are given to everybody, and from the side of the user', async () => {
    const everybody = `<permission><role><name>UserTemplateBasedVm</name></role><group id="${EVERYONE}"/></permission>`;
    expect((await engine.ask('POST', `/clusters/${cluster}/permissions`, everybody)).status).toBe(201);
    const user = await addUser('side');
    const body = `<permission><role><name>UserRole</name></role><cluster id="${cluster}"/></permission>`;
    const made = await engine.ask('POST', `/users/${user}/permissions`, body);
    expect(made.text).toContain(`<cluster href="/ovirt-engine/api/clusters/${cluster}"`);
    expect(
      (await engine.ask('POST', `/users/${user}/permissions`, '<permission><role><name>UserRole</name></role></permission>')).text,
    ).not.toContain('<cluster');
    expect((await engine.ask('GET', `/users/${user}/roles`)).text).toContain('<name>UserRole</name>');
    expect((await engine.ask('DELETE', `/users/${user}/permissions/${made.id}`)).status).toBe(200);
  });

  it('keep the last super user', async () => {
    const { id } = await engine.db.findOneByOrFail(Permission, { roleId: roleId('SuperUser') });
    expect((await engine.ask('DELETE', `/permissions/${id}`)).status).toBe(409);
  });

  it.each([
    ['a role that is none', () => permission('Nonsense', randomUUID()), 404],
    ['a user who is none', () => permission('UserRole', randomUUID()), 404],
    ['nobody', () => '<permission><role><name>UserRole</name></role></permission>', 400],
    ['no role', () => `<permission><user id="${randomUUID()}"/></permission>`, 400],
    ['an id that is none', () => permission('UserRole', 'me'), 400],
  ])('refuse %s', async (_what, body, status) => {
    expect((await engine.ask('POST', `/clusters/${cluster}/permissions`, body())).status).toBe(status);
  });

  it('on an object that is not there are not found', async () => {
    expect((await engine.ask('GET', `/vms/${randomUUID()}/permissions`)).status).toBe(404);
    expect((await engine.ask('POST', `/vms/${randomUUID()}/permissions`, permission('UserRole', await addUser('lost')))).status).toBe(404);
  });
});

describe('the check', () => {
  it('goes down the tree, and no other way', async () => {
    const access = engine.get(AccessService);
    const user = await addUser('down');
    await engine.ask('POST', `/datacenters/${dataCenter}/permissions`, permission('VmCreator', user));
    expect(await access.may(user, 'create_vm', { type: 'cluster', id: cluster })).toBe(true);
    expect(await access.may(user, 'delete_vm', { type: 'cluster', id: cluster })).toBe(false);
    expect(await access.may(user, 'create_vm', { type: 'system', id: '' })).toBe(false);
    const upwards = await addUser('up');
    await engine.ask('POST', `/clusters/${cluster}/permissions`, permission('VmCreator', upwards));
    expect(await access.may(upwards, 'create_vm', { type: 'data_center', id: dataCenter })).toBe(false);
  });
});
