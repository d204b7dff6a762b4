import { randomUUID } from 'node:crypto';
import { ENGINE_PARTS } from '../testing/engine.parts';
import { RunningEngine } from '../testing/running-engine';
import { PlacementService } from '../vms/placement.service';
import { Vm } from '../vms/vm.entity';

let engine: RunningEngine;
let clusterId: string;
let groups: string;
const hosts: Record<string, string> = {};

const GIB = 1_073_741_824;
const containing = (text: string) => expect.stringContaining(text) as string;
const rule = (name: 'vms' | 'hosts', positive: boolean, enforcing = true) =>
  `<${name}_rule><enabled>true</enabled><positive>${positive}</positive><enforcing>${enforcing}</enforcing></${name}_rule>`;

async function host(name: string): Promise<void> {
  hosts[name] = randomUUID();
  const capabilities = JSON.stringify({ memoryBytes: 16 * GIB, bridges: [] });
  await engine.db.query(
    `INSERT INTO host (id, name, cluster_id, address, status, capabilities, agent_run_id, heartbeat_at) VALUES ($1, $2, $3, '', 'up', $4, '', now())`,
    [hosts[name], name, clusterId, capabilities],
  );
}

async function vm(runsOn?: string): Promise<string> {
  const cluster = '<cluster><name>Default</name></cluster><template id="00000000-0000-0000-0000-000000000000"/>';
  const { id } = await engine.ask(
    'POST',
    '/vms',
    `<vm><name>vm-${randomUUID()}</name>${cluster}<os><kernel>/boot/vmlinuz</kernel></os></vm>`,
  );
  if (runsOn !== undefined) await engine.db.update(Vm, { id }, { status: 'up', hostId: hosts[runsOn]! });
  return id;
}

/** Adds a group with these VMs. @returns its path */
async function group(body: string, vms: string[] = []): Promise<string> {
  const { id, status, text } = await engine.ask('POST', groups, `<affinity_group><name>g-${randomUUID()}</name>${body}</affinity_group>`);
  expect({ status, text }).toMatchObject({ status: 201 });
  const path = `${groups}/${id}`;
  for (const one of vms) expect((await engine.ask('POST', `${path}/vms`, `<vm id="${one}"/>`)).status).toBe(201);
  return path;
}

/** The name of the host that a VM would get; what its start would be refused with. */
const placed = async (id: string): Promise<string> => {
  const chosen = engine.db.transaction(async (tx) => {
    const { name } = await engine.get(PlacementService).reserve(await tx.findOneByOrFail(Vm, { id }), tx);
    throw Object.assign(new Error(name), { undone: true });
  });
  return chosen.catch((error: Error) => error.message);
};

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
  clusterId = (await engine.ask('GET', '/clusters')).id;
  groups = `/clusters/${clusterId}/affinitygroups`;
  for (const name of ['a', 'b', 'c']) await host(name);
});

afterAll(async () => {
  await engine?.close();
});

beforeEach(async () => {
  await engine.db.query('DELETE FROM affinity_group');
  await engine.db.query('UPDATE vm SET status = $1, host_id = NULL', ['down']);
});

describe('affinity groups', () => {
  it('have all that clients read, are changed and removed', async () => {
    const path = await group(`<description>d</description><priority>2.5</priority>${rule('vms', false)}`);
    const { text } = await engine.ask('GET', path);
    for (const shown of [
      '<broken>false</broken><enforcing>true</enforcing><hosts_rule><enabled>false</enabled>',
      '<positive>false</positive><priority>2.5</priority><vms_rule><enabled>true</enabled><enforcing>true</enforcing>',
      `<cluster href="/ovirt-engine/api/clusters/${clusterId}"`,
      `<link href="/ovirt-engine/api${path}/vms" rel="vms"/>`,
    ])
      expect(text).toContain(shown);
    const older = '<affinity_group><name>renamed</name><positive>true</positive><enforcing>false</enforcing></affinity_group>';
    const changed = await engine.ask('PUT', path, older);
    expect(changed).toMatchObject({ status: 200, text: containing('<name>renamed</name>') });
    expect(changed.text).toContain('<vms_rule><enabled>true</enabled><enforcing>false</enforcing><positive>true</positive></vms_rule>');
    expect((await engine.ask('GET', `/clusters/${clusterId}?follow=affinity_groups.vms`)).text).toContain('<name>renamed</name>');
    expect((await engine.ask('DELETE', path)).status).toBe(200);
    expect((await engine.ask('GET', path)).status).toBe(404);
    expect((await engine.ask('GET', groups)).text).toContain('<affinity_groups/>');
  });

  it('have VMs and hosts, which come and go', async () => {
    const [one, other] = [await vm(), await vm()];
    const path = await group(`${rule('vms', true)}<vms><vm id="${one}"/></vms><hosts><host><name>b</name></host></hosts>`);
    expect((await engine.ask('POST', `${path}/vms`, `<vm id="${other}"/>`)).text).toContain(`href="/ovirt-engine/api/vms/${other}"`);
    expect((await engine.ask('POST', `${path}/hosts`, '<host><name>a</name></host>')).status).toBe(201);
    expect((await engine.ask('DELETE', `${path}/vms/${one}`)).status).toBe(200);
    expect((await engine.ask('DELETE', `${path}/vms/${one}`)).status).toBe(404);
    expect((await engine.ask('GET', `${path}/vms`)).text).not.toContain(one);
    const { text } = await engine.ask('GET', `${path}/hosts`);
    expect(text).toMatch(/<name>a<\/name>.*<name>b<\/name>/s);
    expect((await engine.ask('DELETE', `${path}/hosts/${hosts['a']}`)).status).toBe(200);
    expect((await engine.ask('PUT', path, '<affinity_group><vms/></affinity_group>')).status).toBe(200);
    expect((await engine.ask('GET', `${path}/vms`)).text).toContain('<vms/>');
    expect((await engine.ask('GET', `${path}/vmlabels`)).text).toContain('<affinity_labels/>');
  });

  it.each([
    ['no name', '<affinity_group/>', 400, 'AffinityGroup [name] required for add'],
    ['a priority below zero', '<affinity_group><name>x</name><priority>-1</priority></affinity_group>', 400, 'is not a number from 0'],
    ['an unknown VM', `<affinity_group><name>x</name><vms><vm id="${randomUUID()}"/></vms></affinity_group>`, 404, 'VM'],
    ['a used name', '<affinity_group><name>used</name></affinity_group>', 409, 'The Affinity Group name is already in use'],
  ])('are refused with %s', async (_what, body, status, text) => {
    await engine.ask('POST', groups, '<affinity_group><name>used</name></affinity_group>');
    expect(await engine.ask('POST', groups, body)).toMatchObject({ status, text: containing(text) });
    expect((await engine.ask('GET', groups)).text).not.toContain('<name>x</name>');
  });

  it('have members of their cluster only, and lose those that move', async () => {
    const one = await vm();
    const path = await group(rule('vms', true), [one]);
    const east = '<cluster><name>east</name><data_center><name>Default</name></data_center></cluster>';
    const { id: elsewhere } = await engine.ask('POST', '/clusters', east);
    const { id: far } = await engine.ask(
      'POST',
      `/clusters/${elsewhere}/affinitygroups`,
      '<affinity_group><name>far</name></affinity_group>',
    );
    const added = await engine.ask('POST', `/clusters/${elsewhere}/affinitygroups/${far}/vms`, `<vm id="${one}"/>`);
    expect(added).toMatchObject({ status: 409, text: containing('is in another Cluster') });
    expect((await engine.ask('PUT', `/vms/${one}`, `<vm><cluster id="${elsewhere}"/></vm>`)).status).toBe(200);
    expect((await engine.ask('GET', `${path}/vms`)).text).toContain('<vms/>');
  });
});

describe('the host of a VM', () => {
  it('is the one with the smallest share of its memory given away', async () => {
    expect(await placed(await vm())).toBe('a');
    await vm('a');
    expect(await placed(await vm())).toBe('b');
    await vm('b');
    expect(await placed(await vm())).toBe('c');
  });

  it('is that of the other VMs of its group, or another one', async () => {
    const [runs, together, apart] = [await vm('a'), await vm(), await vm()];
    await group(rule('vms', true), [runs, together]);
    const path = await group(rule('vms', false), [runs, apart]);
    expect(await placed(together)).toBe('a');
    expect(await placed(apart)).toBe('b');
    for (const name of ['b', 'c']) await engine.ask('POST', `${path}/vms`, `<vm id="${await vm(name)}"/>`);
    expect(await placed(apart)).toContain(
      'The host a did not satisfy internal filter VmAffinityGroups because it matched negative affinity rules',
    );
    const refused = await engine.ask('POST', `/vms/${apart}/start`, '<action/>');
    expect(refused).toMatchObject({
      status: 409,
      text: containing('Cannot run VM. There is no host that satisfies current scheduling constraints'),
    });
  });

  it('is one that its group names; where the group only prefers, any other rather than none', async () => {
    const [must, may] = [await vm(), await vm()];
    const path = await group(rule('hosts', true), [must]);
    await engine.ask('POST', `${path}/hosts`, '<host><name>c</name></host>');
    const soft = await group(rule('hosts', true, false), [may]);
    await engine.ask('POST', `${soft}/hosts`, '<host><name>b</name></host>');
    expect(await placed(must)).toBe('c');
    expect(await placed(may)).toBe('b');
    await engine.db.query(`UPDATE host SET status = 'maintenance' WHERE name IN ('b', 'c')`);
    expect(await placed(may)).toBe('a');
    expect(await placed(must)).toContain('VmToHostsAffinityGroups');
    await engine.db.query(`UPDATE host SET status = 'up'`);
  });

  it('makes a group broken if its VMs ran elsewhere before', async () => {
    const path = await group(rule('vms', true), [await vm('a'), await vm('b')]);
    expect((await engine.ask('GET', path)).text).toContain('<broken>true</broken>');
  });
});
