import { randomUUID } from 'node:crypto';
import { ENGINE_PARTS } from '../testing/engine.parts';
import { RunningEngine } from '../testing/running-engine';

let engine: RunningEngine;

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
});

afterAll(async () => {
  await engine?.close();
});

const dataCenter = (name: string, more = '') => `<data_center><name>${name}</name>${more}</data_center>`;
const cluster = (name: string, place: string) => `<cluster><name>${name}</name>${place}</cluster>`;
const search = (query: string) => `?search=${encodeURIComponent(query)}`;
const containing = (text: string) => expect.stringContaining(text) as string;

describe('data centers', () => {
  it('exist from the start, and are found as clients look for them', async () => {
    for (const query of ['name="Default"', 'status=up', 'name=def*', 'clusters.name=Default', 'Default']) {
      expect((await engine.ask('GET', `/datacenters${search(query)}`)).text).toContain('<name>Default</name>');
    }
    expect((await engine.ask('GET', `/datacenters${search('storage="mbs"')}`)).text).toContain('<data_centers/>');
    expect((await engine.ask('GET', `/datacenters${search('colour=red')}`)).status).toBe(400);
  });

  it('are added, changed and removed', async () => {
    const { id, status } = await engine.ask(
      'POST',
      '/datacenters',
      dataCenter('west', '<local>false</local><quota_mode>audit</quota_mode>'),
    );
    expect(status).toBe(201);
    const changed = await engine.ask('PUT', `/datacenters/${id}`, '<data_center><description>a &lt; b</description></data_center>');
    expect(changed.text).toContain('<name>west</name><description>a &lt; b</description>');
    expect((await engine.ask('DELETE', `/datacenters/${id}`)).status).toBe(200);
    expect((await engine.ask('DELETE', `/datacenters/${id}`)).status).toBe(404);
  });

  it.each([
    ['no name', '<data_center/>', 400, 'DataCenter [name] required for add'],
    ['a name with a slash', dataCenter('a/b'), 400, 'can only include letters'],
    ['a name of 41 characters', dataCenter('n'.repeat(41)), 400, 'at most 40'],
    ['local storage', dataCenter('x', '<local>true</local>'), 400, 'Local storage is not supported'],
    ['a name that is used', dataCenter('Default'), 409, 'name is already in use'],
  ])('are refused with %s', async (_what, body, status, text) => {
    expect(await engine.ask('POST', '/datacenters', body)).toMatchObject({ status, text: containing(text) });
  });

  it('of one name are added once, also by two at once', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => engine.ask('POST', '/datacenters', dataCenter('twin'))));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });
});

describe('clusters', () => {
  it('belong to a data center, which then stays', async () => {
    const { id: dc } = await engine.ask('POST', '/datacenters', dataCenter('north'));
    const { id, status } = await engine.ask('POST', '/clusters', cluster('n1', '<data_center><name>north</name></data_center>'));
    expect(status).toBe(201);
    expect((await engine.ask('GET', `/datacenters/${dc}/clusters`)).text).toContain('<name>n1</name>');
    expect((await engine.ask('GET', `/datacenters/${dc}/clusters/${id}`)).id).toBe(id);
    expect((await engine.ask('GET', `/clusters${search('name=n1 and datacenter=north')}`)).id).toBe(id);
    expect(await engine.ask('DELETE', `/datacenters/${dc}`)).toMatchObject({ status: 409, text: containing('There are still Clusters') });
    const moved = await engine.ask('PUT', `/clusters/${id}`, '<cluster><data_center><name>Default</name></data_center></cluster>');
    expect(moved).toMatchObject({ status: 400, text: containing('cannot move') });
    expect((await engine.ask('PUT', `/clusters/${id}`, cluster('n2', `<data_center id="${dc}"/>`))).text).toContain('<name>n2</name>');
    expect((await engine.ask('DELETE', `/clusters/${id}`)).status).toBe(200);
    expect((await engine.ask('DELETE', `/datacenters/${dc}`)).status).toBe(200);
  });

  it.each([
    ['no data center', cluster('c', ''), 400, 'Cluster [dataCenter] required for add'],
    ['an unknown data center', cluster('c', `<data_center id="${randomUUID()}"/>`), 404, 'Data Center'],
    [
      'a foreign architecture',
      cluster('c', '<data_center><name>Default</name></data_center><cpu><architecture>s390x</architecture></cpu>'),
      400,
      's390x',
    ],
    ['a name that is used', cluster('Default', '<data_center><name>Default</name></data_center>'), 409, 'name is already in use'],
  ])('are refused with %s', async (_what, body, status, text) => {
    expect(await engine.ask('POST', '/clusters', body)).toMatchObject({ status, text: containing(text) });
  });
});

describe('the Blank template', () => {
  it('is in every data center and cluster, and has nothing in it', async () => {
    await engine.ask('POST', '/datacenters', dataCenter('south'));
    for (const query of ['name=Blank and datacenter=south', 'name=Blank and datacenter=Default', 'name="Blank" and cluster="Default"']) {
      expect((await engine.ask('GET', `/templates${search(query)}`)).id).toBe('00000000-0000-0000-0000-000000000000');
    }
    for (const part of ['diskattachments', 'nics', 'cdroms']) {
      expect((await engine.ask('GET', `/templates/00000000-0000-0000-0000-000000000000/${part}`)).text).toMatch(
        /<(disk_attachments|nics|cdroms)\/>/,
      );
    }
  });

  it('is the only one, and stays as it is', async () => {
    const blank = '/templates/00000000-0000-0000-0000-000000000000';
    expect((await engine.ask('GET', `/templates${search('name=other')}`)).text).toContain('<templates/>');
    expect(await engine.ask('POST', '/templates', '<template><name>t</name></template>')).toMatchObject({
      status: 400,
      text: containing('Template [vm.id|name] required for add'),
    });
    expect((await engine.ask('PUT', blank, '<template><description>mine</description></template>')).status).toBe(409);
    expect((await engine.ask('DELETE', blank)).status).toBe(409);
  });
});

it('a cluster is added, changed and removed below its data center too', async () => {
  const { id: dc } = await engine.ask('POST', '/datacenters', '<data_center><name>below</name></data_center>');
  const clusters = `/datacenters/${dc}/clusters`;
  const added = await engine.ask('POST', clusters, '<cluster><name>b1</name></cluster>');
  expect(added).toMatchObject({
    status: 201,
    text: expect.stringContaining(`<data_center href="/ovirt-engine/api/datacenters/${dc}"`) as string,
  });
  const changed = await engine.ask('PUT', `${clusters}/${added.id}`, '<cluster><comment>x</comment></cluster>');
  expect(changed).toMatchObject({ status: 200, text: expect.stringContaining('<comment>x</comment>') as string });
  const { id: other } = await engine.ask('GET', '/datacenters?search=name=Default');
  for (const method of ['PUT', 'DELETE'] as const)
    expect(
      (await engine.ask(method, `/datacenters/${other}/clusters/${added.id}`, method === 'PUT' ? '<cluster/>' : undefined)).status,
    ).toBe(404);
  expect((await engine.ask('DELETE', `${clusters}/${added.id}`)).status).toBe(200);
  expect((await engine.ask('GET', `/clusters/${added.id}`)).status).toBe(404);
  expect((await engine.ask('POST', clusters, '<cluster/>')).text).toContain('Cluster [name] required for add');
});
