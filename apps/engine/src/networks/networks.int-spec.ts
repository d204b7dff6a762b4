import { randomUUID } from 'node:crypto';
import { ENGINE_PARTS } from '../testing/engine.parts';
import { RunningEngine } from '../testing/running-engine';
import { Vm } from '../vms/vm.entity';
import { DEFAULT_MAC_POOL_ID } from './default.mac-pool';
import { Nic } from './nic.entity';

let engine: RunningEngine;
let dataCenterId: string;
let clusterId: string;
let profileId: string;

const BLANK = '<template id="00000000-0000-0000-0000-000000000000"/>';
const search = (query: string) => `?search=${encodeURIComponent(query)}`;
const containing = (text: string) => expect.stringContaining(text) as string;
const addressIn = (text: string) => /<address>([^<]+)<\/address>/.exec(text)?.[1] ?? '';

async function vm(name: string, cluster = '<cluster><name>Default</name></cluster>'): Promise<string> {
  return (await engine.ask('POST', '/vms', `<vm><name>${name}</name>${cluster}${BLANK}</vm>`)).id;
}

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
  dataCenterId = (await engine.ask('GET', '/datacenters')).id;
  clusterId = (await engine.ask('GET', '/clusters')).id;
  profileId = (await engine.ask('GET', '/vnicprofiles')).id;
});

afterAll(async () => {
  await engine?.close();
});

describe('networks', () => {
  it('begin with ovirtmgmt and its profile, in the data center and its cluster', async () => {
    for (const path of ['/networks', `/datacenters/${dataCenterId}/networks`, `/clusters/${clusterId}/networks`, '/vnicprofiles']) {
      expect(await engine.ask('GET', path)).toMatchObject({ status: 200, text: containing('<name>ovirtmgmt</name>') });
    }
    expect((await engine.ask('GET', `/networks${search('name=ovirtmgmt and datacenter=Default')}`)).text).toContain('ovirtmgmt');
    expect((await engine.ask('GET', `/networks${search('name=other')}`)).text).toContain('<networks/>');
    const management = (await engine.ask('GET', '/networks')).id;
    expect(await engine.ask('DELETE', `/networks/${management}`)).toMatchObject({ status: 409, text: containing('Management Network') });
  });

  it('come with a profile, are changed and removed', async () => {
    const body = `<network><name>blue</name><data_center id="${dataCenterId}"/><vlan id="42"/><mtu>9000</mtu><usages><usage>vm</usage></usages></network>`;
    const { id, status, text } = await engine.ask('POST', '/networks', body);
    expect(status).toBe(201);
    expect(text).toContain('<mtu>9000</mtu>');
    expect(text).toContain('<vlan id="42"/>');
    expect((await engine.ask('GET', `/networks/${id}/vnicprofiles`)).text).toContain('<name>blue</name>');
    expect((await engine.ask('PUT', `/networks/${id}`, '<network><name>navy</name></network>')).text).toContain('<vlan id="42"/>');
    expect((await engine.ask('POST', `/clusters/${clusterId}/networks`, `<network id="${id}"/>`)).status).toBe(201);
    const inCluster = `/clusters/${clusterId}/networks/${id}`;
    const { text: before } = await engine.ask('GET', inCluster);
    expect(await engine.ask('PUT', inCluster, '<network><required>true</required></network>')).toMatchObject({ status: 200, text: before });
    expect((await engine.ask('DELETE', inCluster)).status).toBe(400);
    expect((await engine.ask('DELETE', `/datacenters/${dataCenterId}/networks/${id}`)).status).toBe(200);
    expect((await engine.ask('GET', `/networks/${id}`)).status).toBe(404);
  });

  it('are made for each new data center', async () => {
    const { id } = await engine.ask('POST', '/datacenters', '<data_center><name>east</name><local>false</local></data_center>');
    expect((await engine.ask('GET', `/datacenters/${id}/networks`)).text).toContain('<name>ovirtmgmt</name>');
    const { id: foreign } = await engine.ask('POST', `/datacenters/${id}/networks`, '<network><name>red</name></network>');
    expect((await engine.ask('POST', `/clusters/${clusterId}/networks`, `<network id="${foreign}"/>`)).status).toBe(404);
    expect((await engine.ask('DELETE', `/datacenters/${id}`)).status).toBe(200);
    expect((await engine.ask('GET', `/networks/${foreign}`)).status).toBe(404);
  });

  it.each([
    ['no data center', '<network><name>x</name></network>', 400, 'Network [dataCenter] required for add'],
    ['a VLAN of 5000', '<network><name>x</name><data_center><name>Default</name></data_center><vlan id="5000"/></network>', 400, '4094'],
    ['a used name', '<network><name>ovirtmgmt</name><data_center><name>Default</name></data_center></network>', 409, 'already in use'],
    [
      'an unknown usage',
      '<network><name>x</name><data_center><name>Default</name></data_center><usages><usage>tea</usage></usages></network>',
      400,
      'tea',
    ],
  ])('are refused with %s', async (_what, body, status, text) => {
    expect(await engine.ask('POST', '/networks', body)).toMatchObject({ status, text: containing(text) });
  });
});

describe('profiles of interfaces', () => {
  it('are added, changed and removed', async () => {
    const network = (await engine.ask('GET', '/networks')).id;
    const { id, status } = await engine.ask(
      'POST',
      '/vnicprofiles',
      `<vnic_profile><name>p1</name><network id="${network}"/></vnic_profile>`,
    );
    expect(status).toBe(201);
    const changed = await engine.ask('PUT', `/vnicprofiles/${id}`, '<vnic_profile><port_mirroring>true</port_mirroring></vnic_profile>');
    expect(changed.text).toContain('<port_mirroring>true</port_mirroring>');
    const again = await engine.ask('POST', `/networks/${network}/vnicprofiles`, '<vnic_profile><name>p1</name></vnic_profile>');
    expect(again).toMatchObject({ status: 409, text: containing('already in use') });
    const through = '<vnic_profile><pass_through><mode>enabled</mode></pass_through></vnic_profile>';
    expect(await engine.ask('PUT', `/vnicprofiles/${id}`, through)).toMatchObject({ status: 400, text: containing('not supported') });
    expect((await engine.ask('DELETE', `/vnicprofiles/${id}`)).status).toBe(200);
  });
});

describe('interfaces of VMs', () => {
  const nic = (name: string, more = '') => `<nic><name>${name}</name>${more}</nic>`;

  it('get an address of the pool, and keep it', async () => {
    const id = await vm('n1');
    const first = await engine.ask('POST', `/vms/${id}/nics`, nic('nic1', `<vnic_profile id="${profileId}"/>`));
    expect(first.status).toBe(201);
    expect(addressIn(first.text)).toMatch(/^56:6f:([0-9a-f]{2}:){3}[0-9a-f]{2}$/);
    expect(first.text).toContain('<interface>virtio</interface><linked>true</linked>');
    const changed = await engine.ask('PUT', `/vms/${id}/nics/${first.id}`, nic('eth0', '<interface>e1000</interface><vnic_profile/>'));
    expect(changed.text).toContain('<name>eth0</name>');
    expect(changed.text).not.toContain('<vnic_profile');
    expect(addressIn(changed.text)).toBe(addressIn(first.text));
    expect((await engine.ask('POST', `/vms/${id}/nics/${first.id}/deactivate`, '<action/>')).status).toBe(200);
    expect((await engine.ask('GET', `/vms/${id}/nics`)).text).toContain('<plugged>false</plugged>');
    expect((await engine.ask('DELETE', `/vms/${id}/nics/${first.id}`)).status).toBe(200);
    expect((await engine.ask('GET', `/vms/${id}/nics`)).text).toContain('<nics/>');
  });

  it('are put into their VM by follow, with their profile', async () => {
    const id = await vm('followed');
    const { id: nicId } = await engine.ask('POST', `/vms/${id}/nics`, nic('nic1', `<vnic_profile id="${profileId}"/>`));
    const { text } = await engine.ask('GET', `/vms/${id}?follow=nics.vnic_profile,tags,statistics`);
    expect(text).toContain(`<nics><nic href="/ovirt-engine/api/vms/${id}/nics/${nicId}"`);
    expect(text).toContain('<pass_through><mode>disabled</mode></pass_through>');
    expect(text).toContain('<name>memory.installed</name>');
    expect(text).not.toContain('rel="nics"');
    expect(text).not.toContain('rel="tags"');
    const clusters = await engine.ask('GET', '/clusters?follow=networks,mac_pool');
    expect(clusters.text).toContain(`<network href="/ovirt-engine/api/clusters/${clusterId}/networks/`);
    expect(clusters.text).toContain('<default_pool>true</default_pool>');
  });

  it('never get the same address, also when many are added at once', async () => {
    const id = await vm('many');
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => engine.ask('POST', `/vms/${id}/nics`, nic(`nic${i}`))));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(new Set(answers.map(({ text }) => addressIn(text))).size).toBe(12);
  });

  it('may bring an address that nobody has', async () => {
    const [one, other] = [await vm('own1'), await vm('own2')];
    const mac = '<mac><address>52-54-00-AA-BB-01</address></mac>';
    expect((await engine.ask('POST', `/vms/${one}/nics`, nic('nic1', mac))).text).toContain('<address>52:54:00:aa:bb:01</address>');
    const taken = await engine.ask('POST', `/vms/${other}/nics`, nic('nic1', mac));
    expect(taken).toMatchObject({ status: 409, text: containing('already in use by VM own1') });
  });

  it.each([
    ['no name', '<nic/>', 400, 'Nic [name] required for add'],
    ['a multicast address', nic('x', '<mac><address>01:00:5e:00:00:01</address></mac>'), 400, 'unicast'],
    ['half an address', nic('x', '<mac><address>52:54</address></mac>'), 400, 'not a MAC address'],
    ['an interface that QEMU has not', nic('x', '<interface>token_ring</interface>'), 400, 'token_ring is not a member of NicInterface'],
    ['an unknown profile', nic('x', '<vnic_profile id="5a55d518-028a-4113-82dd-00000000028a"/>'), 404, 'Vnic Profile'],
  ])('are refused with %s', async (_what, body, status, text) => {
    const id = (await engine.ask('GET', '/vms')).id;
    expect(await engine.ask('POST', `/vms/${id}/nics`, body)).toMatchObject({ status, text: containing(text) });
  });
});

describe('interfaces of running VMs', () => {
  let id: string;
  let nic: string;

  beforeAll(async () => {
    const hostId = randomUUID();
    await engine.db.query(
      `INSERT INTO host (id, name, cluster_id, address, status, capabilities, agent_run_id, heartbeat_at) VALUES ($1, 'h1', $2, '', 'up', $3, '', now())`,
      [hostId, clusterId, JSON.stringify({ bridges: ['ovirtmgmt'] })],
    );
    id = await vm('running');
    nic = (await engine.ask('POST', `/vms/${id}/nics`, `<nic><name>nic1</name><vnic_profile id="${profileId}"/></nic>`)).id;
    await engine.db.update(Vm, { id }, { status: 'up', hostId });
  });

  const change = (body: string) => engine.ask('PUT', `/vms/${id}/nics/${nic}`, `<nic>${body}</nic>`);

  it('change without their guest where it cannot see that', async () => {
    expect((await change('<name>first</name><linked>true</linked>')).text).toContain('<name>first</name>');
    const spare = await engine.ask('POST', `/vms/${id}/nics`, '<nic><name>spare</name><plugged>false</plugged></nic>');
    expect(spare).toMatchObject({ status: 201, text: containing('<plugged>false</plugged>') });
    expect((await engine.ask('DELETE', `/vms/${id}/nics/${spare.id}`)).status).toBe(200);
  });

  it.each([
    ['a new address', '<mac><address>52:54:00:00:00:77</address></mac>'],
    ['another model', '<interface>e1000</interface>'],
    ['no network', '<vnic_profile/>'],
  ])('do not get %s', async (_what, body) => {
    expect(await change(body)).toMatchObject({ status: 409, text: containing('Please un-plug the interface, update the properties') });
  });

  it('do not come into a network that their host has not', async () => {
    const network = `<network><name>far</name><data_center id="${dataCenterId}"/></network>`;
    const { id: networkId } = await engine.ask('POST', '/networks', network);
    const far = (await engine.ask('GET', `/networks/${networkId}/vnicprofiles`)).id;
    const text = 'The network far is missing on host h1, where VM running runs.';
    expect(await change(`<vnic_profile id="${far}"/>`)).toMatchObject({ status: 409, text: containing(`Cannot edit Interface. ${text}`) });
    const added = await engine.ask('POST', `/vms/${id}/nics`, `<nic><name>x</name><vnic_profile id="${far}"/></nic>`);
    expect(added).toMatchObject({ status: 409, text: containing(`Cannot add Interface. ${text}`) });
    expect((await engine.ask('GET', `/vms/${id}/nics`)).text).not.toContain('<name>x</name>');
  });

  it('wait for each other, and for the VM', async () => {
    await engine.db.update(Nic, { id: nic }, { status: 'locked' });
    expect(await change('<linked>false</linked>')).toMatchObject({
      status: 409,
      text: containing('Related operation is currently in progress'),
    });
    expect(await engine.ask('DELETE', `/vms/${id}/nics/${nic}`)).toMatchObject({ status: 409 });
    expect(await engine.ask('POST', `/vms/${id}/stop`, '<action/>')).toMatchObject({ status: 409 });
    const taken = '<snapshot><description>s</description><persist_memorystate>false</persist_memorystate></snapshot>';
    const progress = { status: 409, text: containing('Related operation is currently in progress') };
    expect(await engine.ask('POST', `/vms/${id}/snapshots`, taken)).toMatchObject(progress);
    await engine.db.update(Nic, { id: nic }, { status: 'ok' });
    const configuration = JSON.stringify({ vm: {}, diskAttachments: [], nics: [] });
    await engine.db.query(
      `INSERT INTO vm_snapshot (id, vm_id, description, type, status, persist_memorystate, configuration, creation_time)
       VALUES ($1, $2, '', 'regular', 'locked', false, $3, now())`,
      [randomUUID(), id, configuration],
    );
    expect(await change('<linked>false</linked>')).toMatchObject(progress);
    await engine.db.query('DELETE FROM vm_snapshot WHERE vm_id = $1', [id]);
    await engine.db.update(Vm, { id }, { status: 'powering_up' });
    const added = await engine.ask('POST', `/vms/${id}/nics`, '<nic><name>x</name></nic>');
    expect(added).toMatchObject({ status: 409, text: containing('Cannot add Interface. VM is locked.') });
  });
});

describe('pools of addresses', () => {
  const range = (from: string, to: string) => `<range><from>${from}</from><to>${to}</to></range>`;

  it('serve the VMs of their cluster until they are empty', async () => {
    const pool = `<mac_pool><name>small</name><ranges>${range('02:00:00:00:00:01', '02:00:00:00:00:02')}</ranges></mac_pool>`;
    const { id, status } = await engine.ask('POST', '/macpools', pool);
    expect(status).toBe(201);
    const cluster = `<cluster><name>tight</name><data_center><name>Default</name></data_center><mac_pool id="${id}"/></cluster>`;
    expect((await engine.ask('POST', '/clusters', cluster)).text).toContain(`<mac_pool href="/ovirt-engine/api/macpools/${id}"`);
    const machine = await vm('tight1', '<cluster><name>tight</name></cluster>');
    const add = (name: string) => engine.ask('POST', `/vms/${machine}/nics`, `<nic><name>${name}</name></nic>`);
    expect(addressIn((await add('a')).text)).toBe('02:00:00:00:00:01');
    expect(addressIn((await add('b')).text)).toBe('02:00:00:00:00:02');
    expect(await add('c')).toMatchObject({ status: 409, text: containing('Not enough MAC addresses left') });
    expect(await engine.ask('DELETE', `/macpools/${id}`)).toMatchObject({ status: 409, text: containing('in use') });
    const wider = `<mac_pool><ranges>${range('02:00:00:00:00:01', '02:00:00:00:00:03')}</ranges></mac_pool>`;
    expect((await engine.ask('PUT', `/macpools/${id}`, wider)).status).toBe(200);
    expect(addressIn((await add('c')).text)).toBe('02:00:00:00:00:03');
  });

  it('are those of the data center for its new clusters, and change with it', async () => {
    const made = async (name: string, octet: string) =>
      (
        await engine.ask(
          'POST',
          '/macpools',
          `<mac_pool><name>${name}</name><ranges>${range(`02:00:00:${octet}:00:01`, `02:00:00:${octet}:00:09`)}</ranges></mac_pool>`,
        )
      ).id;
    const [first, second] = [await made('first', '01'), await made('second', '02')];
    const center = '<data_center><name>west</name><local>false</local><mac_pool><name>first</name></mac_pool></data_center>';
    const added = await engine.ask('POST', '/datacenters', center);
    expect(added).toMatchObject({ status: 201, text: containing(`<mac_pool href="/ovirt-engine/api/macpools/${first}"`) });
    const cluster = (name: string, pool = '') => `<cluster><name>${name}</name><data_center id="${added.id}"/>${pool}</cluster>`;
    const { id: follows, text } = await engine.ask('POST', '/clusters', cluster('follows'));
    expect(text).toContain(`macpools/${first}"`);
    const { id: own } = await engine.ask('POST', '/clusters', cluster('own', `<mac_pool id="${DEFAULT_MAC_POOL_ID}"/>`));
    const change = await engine.ask('PUT', `/datacenters/${added.id}`, `<data_center><mac_pool id="${second}"/></data_center>`);
    expect(change).toMatchObject({ status: 200, text: containing(`macpools/${second}"`) });
    expect((await engine.ask('GET', `/clusters/${follows}`)).text).toContain(`macpools/${second}"`);
    expect((await engine.ask('GET', `/clusters/${own}`)).text).toContain(`macpools/${DEFAULT_MAC_POOL_ID}"`);
    expect((await engine.ask('DELETE', `/macpools/${first}`)).status).toBe(200);
    expect(await engine.ask('DELETE', `/macpools/${second}`)).toMatchObject({ status: 409, text: containing('in use by Data Centers') });
    const unknown = `<data_center><mac_pool id="${first}"/></data_center>`;
    expect(await engine.ask('PUT', `/datacenters/${added.id}`, unknown)).toMatchObject({
      status: 404,
      text: containing('MAC Address Pool'),
    });
  });

  it('have a default that stays', async () => {
    const { text } = await engine.ask('GET', '/macpools');
    const id = /<mac_pool href="[^"]+" id="([^"]+)"><name>Default</.exec(text)?.[1];
    expect(text).toContain('<default_pool>true</default_pool>');
    expect(await engine.ask('DELETE', `/macpools/${id}`)).toMatchObject({ status: 409, text: containing('cannot be removed') });
  });

  it.each([
    ['no range', '<mac_pool><name>x</name><ranges/></mac_pool>', 'at least one range'],
    [
      'a range backwards',
      `<mac_pool><name>x</name><ranges>${range('02:00:00:00:00:02', '02:00:00:00:00:01')}</ranges></mac_pool>`,
      'greater',
    ],
  ])('are refused with %s', async (_what, body, text) => {
    expect(await engine.ask('POST', '/macpools', body)).toMatchObject({ status: 400, text: containing(text) });
  });
});
