import { ENGINE_PARTS } from '../testing/engine.parts';
import { RunningEngine } from '../testing/running-engine';

let engine: RunningEngine;
let user: string;
let group: string;

const added = async (path: string, body: string): Promise<string> => {
  const { status, id, text } = await engine.ask('POST', path, body);
  expect({ status, text: status === 201 ? '' : text }).toEqual({ status: 201, text: '' });
  return id;
};
const grant = (role: string): string => `<permission><role><name>${role}</name></role></permission>`;

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
  const named = '<user_name>jane</user_name><domain><name>internal-authz</name></domain><password>not-a-secret</password>';
  user = `/users/${await added('/users', `<user>${named}</user>`)}`;
  group = `/groups/${await added('/groups', '<group><name>readers</name></group>')}`;
  await added(`${user}/groups`, '<group><name>readers</name></group>');
  await added(`${user}/permissions`, grant('UserRole'));
  await added(`${group}/permissions`, grant('DiskCreator'));
  await added(`${user}/sshpublickeys`, '<ssh_public_key><content>ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ c</content></ssh_public_key>');
  await added(`${user}/options`, '<user_option><name>one</name><content>1</content></user_option>');
});

afterAll(async () => {
  await engine?.close();
});

const jane = { login: 'jane@internal', password: 'not-a-secret' };
const read = async (path: string, client = {}): Promise<string> => (await engine.ask('GET', path, undefined, client)).text;
const itemsOf = (document: string): string => /^<\?xml[^>]*>\s*<\w+>(.+)<\/\w+>$/s.exec(document)?.[1] ?? 'nothing';

it.each([
  [() => user, 'permissions', 'permissions'],
  [() => user, 'roles', 'roles'],
  [() => user, 'groups', 'groups'],
  [() => user, 'ssh_public_keys', 'sshpublickeys'],
  [() => user, 'options', 'options'],
  [() => group, 'permissions', 'permissions'],
  [() => group, 'roles', 'roles'],
  [() => `/roles/00000000-0000-0000-0001-000000000001`, 'permits', 'permits'],
])('what belongs to a user, group or role comes along: %p %s', async (owner, name, segment) => {
  const apart = itemsOf(await read(`${owner()}/${segment}`));
  expect(await read(`${owner()}?follow=${name}`)).toContain(`<${name}>${apart}</${name}>`);
});

it('a permit of a role that a user or group has is where oVirt has it', async () => {
  for (const holder of [user, group]) {
    const roles = `${holder}/roles/${(await engine.ask('GET', `${holder}/roles`)).id}/permits`;
    const { id } = await engine.ask('GET', roles);
    expect((await engine.ask('GET', `${roles}/${id}`)).status).toBe(200);
    expect((await engine.ask('GET', `${roles}/0`)).status).toBe(404);
  }
});

it('the users, groups and roles of permissions come along, and what belongs to those', async () => {
  const text = await read('/permissions?follow=role.permits,user,group.roles.permits');
  for (const name of ['UserRole', 'DiskCreator', 'readers', 'jane', 'create_disk']) expect(text).toContain(`<name>${name}</name>`);
});

it('a user who does not see others finds them referred to only, and nothing of what his groups have', async () => {
  const text = await read(`${user}?follow=permissions.user,permissions.group.permissions,groups.roles`, jane);
  expect(text).toContain('<name>jane</name>');
  expect(text).not.toContain('<name>DiskCreator</name>');
  const tags = await read('/events?follow=user', jane);
  expect(tags).not.toContain('<name>admin</name>');
});
