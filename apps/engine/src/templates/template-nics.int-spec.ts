import { randomUUID } from 'node:crypto';
import { ENGINE_PARTS } from '../testing/engine.parts';
import { RunningEngine } from '../testing/running-engine';
import { BLANK_TEMPLATE_ID, Template, TemplateNic } from './template.entity';

let engine: RunningEngine;
let profileId: string;
let template: string;
let nics: string;

const containing = (text: string) => expect.stringContaining(text) as string;
const nic = (name: string, more = '') => `<nic><name>${name}</name>${more}</nic>`;

/** A template without disks, as if it had been made of a VM. */
async function templateNamed(name: string, status: Template['status'] = 'ok'): Promise<string> {
  const id = randomUUID();
  const { id: clusterId } = await engine.ask('GET', '/clusters');
  const version = { versionNumber: 1, versionName: '', baseTemplateId: id, creationTime: new Date() };
  const texts = { name, description: '', comment: '', statusReason: null };
  await engine.db.insert(Template, { id, clusterId, settings: {}, status, ...texts, ...version });
  return id;
}

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
  profileId = (await engine.ask('GET', '/vnicprofiles')).id;
});

afterAll(async () => {
  await engine?.close();
});

beforeEach(async () => {
  template = await templateNamed(`t-${randomUUID()}`);
  nics = `/templates/${template}/nics`;
});

describe('interfaces of a template', () => {
  it('are added, changed and removed, and told of', async () => {
    const added = await engine.ask('POST', nics, nic('nic1', `<vnic_profile id="${profileId}"/>`));
    expect(added).toMatchObject({ status: 201, text: containing(`href="/ovirt-engine/api${nics}/${added.id}"`) });
    for (const shown of ['<interface>virtio</interface>', '<plugged>true</plugged>', `<vnic_profile href="/ovirt-engine/api/vnicprofiles`])
      expect(added.text).toContain(shown);
    const changed = await engine.ask('PUT', `${nics}/${added.id}`, nic('eth0', '<interface>e1000</interface><vnic_profile/>'));
    expect(changed).toMatchObject({ status: 200, text: containing('<name>eth0</name>') });
    expect(changed.text).toContain('<interface>e1000</interface>');
    expect(changed.text).not.toContain('<vnic_profile');
    expect((await engine.ask('GET', `/templates/${template}?follow=nics`)).text).toContain('<name>eth0</name>');
    expect((await engine.ask('DELETE', `${nics}/${added.id}`)).status).toBe(200);
    expect((await engine.ask('GET', nics)).text).toContain('<nics/>');
    expect((await engine.ask('GET', `${nics}/${added.id}`)).status).toBe(404);
    const { text } = await engine.ask('GET', '/events?max=10');
    for (const told of ['nic1 was added to Template', 'eth0 of Template', 'eth0 was removed from Template']) expect(text).toContain(told);
  });

  it('are what new VMs of it get, each with an address of its own, and the VMs that are there keep theirs', async () => {
    const body = (name: string) => `<vm><name>${name}</name><cluster><name>Default</name></cluster><template id="${template}"/></vm>`;
    const before = (await engine.ask('POST', '/vms', body('before'))).id;
    const mac = '<mac><address>52:54:00:aa:bb:02</address></mac>';
    expect((await engine.ask('POST', nics, nic('nic1', `${mac}<vnic_profile id="${profileId}"/>`))).status).toBe(201);
    const made = await Promise.all(['one', 'two'].map((name) => engine.ask('POST', '/vms', body(name))));
    const shown = await Promise.all(made.map(async ({ id }) => (await engine.ask('GET', `/vms/${id}/nics`)).text));
    const addresses = shown.map((text) => /<address>([^<]+)</.exec(text)?.[1]);
    expect(new Set([...addresses, '52:54:00:aa:bb:02']).size).toBe(3);
    expect(shown[0]).toContain(`id="${profileId}"`);
    expect((await engine.ask('GET', `/vms/${before}/nics`)).text).toContain('<nics/>');
  });

  it.each([
    ['no name', '<nic/>', 400, 'Nic [name] required for add'],
    ['a used name', nic('there'), 409, 'The Network Interface name is already in use.'],
    ['an unknown profile', nic('x', `<vnic_profile id="${randomUUID()}"/>`), 404, 'Vnic Profile'],
    ['an unknown model', nic('x', '<interface>ne2k</interface>'), 400, 'ne2k is not a member of NicInterface'],
  ])('are refused with %s', async (_what, body, status, text) => {
    await engine.ask('POST', nics, nic('there'));
    expect(await engine.ask('POST', nics, body)).toMatchObject({ status, text: containing(text) });
    expect(await engine.db.countBy(TemplateNic, { templateId: template })).toBe(1);
  });

  it('are not connected to a network of another data center', async () => {
    const { id: dataCenterId } = await engine.ask(
      'POST',
      '/datacenters',
      '<data_center><name>east</name><local>false</local></data_center>',
    );
    const { id: networkId } = await engine.ask('POST', `/datacenters/${dataCenterId}/networks`, '<network><name>red</name></network>');
    const { id: far } = await engine.ask('GET', `/networks/${networkId}/vnicprofiles`);
    const refused = { status: 409, text: containing("doesn't exist in the VM's Data Center") };
    expect(await engine.ask('POST', nics, nic('x', `<vnic_profile id="${far}"/>`))).toMatchObject(refused);
  });

  it('of Blank, or of a template that is being made, stay as they are', async () => {
    const locked = await templateNamed('locked', 'locked');
    expect(await engine.ask('POST', `/templates/${BLANK_TEMPLATE_ID}/nics`, nic('x'))).toMatchObject({ status: 409 });
    expect(await engine.ask('POST', `/templates/${locked}/nics`, nic('x'))).toMatchObject({ status: 409, text: containing('is locked') });
    expect((await engine.ask('GET', `/templates/${randomUUID()}/nics`)).status).toBe(404);
  });
});
