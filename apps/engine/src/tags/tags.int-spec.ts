import { randomUUID } from 'node:crypto';
import { ENGINE_PARTS } from '../testing/engine.parts';
import { RunningEngine } from '../testing/running-engine';
import { ROOT_TAG_ID } from './root.tag';

let engine: RunningEngine;
const containing = (text: string) => expect.stringContaining(text) as string;
const tag = (name: string, more = '') => `<tag><name>${name}</name>${more}</tag>`;
const parent = (id: string) => `<parent id="${id}"/>`;

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
});

afterAll(async () => {
  await engine?.close();
});

describe('the tree of tags', () => {
  it('begins with a root that stays', async () => {
    const root = await engine.ask('GET', `/tags/${ROOT_TAG_ID}`);
    expect(root.text).toContain('<name>root</name>');
    expect(root.text).not.toContain('<parent');
    expect((await engine.ask('DELETE', `/tags/${ROOT_TAG_ID}`)).status).toBe(409);
    expect((await engine.ask('PUT', `/tags/${ROOT_TAG_ID}`, tag('trunk'))).status).toBe(409);
  });

  it('grows, is moved, and never becomes a ring', async () => {
    const { id: a, text, status } = await engine.ask('POST', '/tags', tag('a'));
    expect(status).toBe(201);
    expect(text).toContain(`<parent href="/ovirt-engine/api/tags/${ROOT_TAG_ID}" id="${ROOT_TAG_ID}"/>`);
    const { id: b } = await engine.ask('POST', '/tags', tag('b', '<parent><name>a</name></parent>'));
    const { id: c } = await engine.ask('POST', '/tags', tag('c', `<parent><tag id="${b}"/></parent>`));
    for (const below of [a, b, c])
      expect(await engine.ask('PUT', `/tags/${a}`, tag('a', parent(below)))).toMatchObject({
        status: 409,
        text: containing('below itself'),
      });
    expect((await engine.ask('PUT', `/tags/${c}`, tag('c2', parent(a)))).text).toContain(`id="${a}"`);
    expect((await engine.ask('DELETE', `/tags/${a}`)).status).toBe(200);
    expect((await engine.ask('GET', `/tags/${c}`)).status).toBe(404);
  });

  it.each([
    ['no name', '<tag/>', 400, 'Tag [name] required for add'],
    ['a used name', tag('root'), 409, 'already in use'],
    ['an unknown parent', tag('x', parent(randomUUID())), 404, 'Tag'],
  ])('refuses %s', async (_what, body, status, text) => {
    expect(await engine.ask('POST', '/tags', body)).toMatchObject({ status, text: containing(text) });
  });
});

describe('tags of objects', () => {
  it.each(['vms', 'templates', 'users'])('are put on %s and taken off', async (collection) => {
    const { id: tagId } = await engine.ask('POST', '/tags', tag(`of-${collection}`));
    await engine.ask(
      'POST',
      '/vms',
      '<vm><name>v</name><cluster><name>Default</name></cluster><template><name>Blank</name></template></vm>',
    );
    const [owner] = await engine.db.query<[{ id: string }]>(
      `SELECT id FROM ${{ vms: 'vm', templates: 'template', users: 'account' }[collection]}`,
    );
    const path = `/${collection}/${owner.id}/tags`;
    expect((await engine.ask('POST', path, `<tag><name>of-${collection}</name></tag>`)).status).toBe(201);
    expect((await engine.ask('POST', path, `<tag id="${tagId}"/>`)).status).toBe(201);
    expect((await engine.ask('GET', path)).text).toContain(`<tag href="/ovirt-engine/api/${collection}/${owner.id}/tags/${tagId}"`);
    expect((await engine.ask('GET', `${path}/${tagId}`)).id).toBe(tagId);
    expect((await engine.ask('GET', `/${collection}/${owner.id}?follow=tags`)).text).toContain(
      `<tags><tag href="/ovirt-engine/api${path}/${tagId}"`,
    );
    expect((await engine.ask('DELETE', `${path}/${tagId}`)).status).toBe(200);
    expect((await engine.ask('DELETE', `${path}/${tagId}`)).status).toBe(404);
    expect((await engine.ask('GET', path)).text).toContain('<tags/>');
  });

  it('are what VMs are searched by', async () => {
    const vm = '<cluster><name>Default</name></cluster><template><name>Blank</name></template>';
    const [one] = await Promise.all(['red1', 'red2'].map((name) => engine.ask('POST', '/vms', `<vm><name>${name}</name>${vm}</vm>`)));
    await engine.ask('POST', '/tags', tag('red'));
    await engine.ask('POST', `/vms/${one?.id}/tags`, tag('red'));
    const { text } = await engine.ask('GET', `/vms?search=${encodeURIComponent('tag=red and name=red*')}`);
    expect(text).toContain('<name>red1</name>');
    expect(text).not.toContain('<name>red2</name>');
    expect((await engine.ask('GET', `/hosts?search=${encodeURIComponent('tag=red')}`)).text).toContain('<hosts/>');
  });

  it('belong to objects that exist', async () => {
    expect((await engine.ask('GET', `/vms/${randomUUID()}/tags`)).status).toBe(404);
    expect((await engine.ask('POST', `/hosts/${randomUUID()}/tags`, '<tag><name>root</name></tag>')).status).toBe(404);
  });
});
