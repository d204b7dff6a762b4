import { ENGINE_PARTS } from '../testing/engine.parts';
import { RunningEngine } from '../testing/running-engine';
import { ABSENT_PARTS } from './absent.parts';
import { FIXED_COLLECTIONS } from './fixed.collections';

let engine: RunningEngine;
const containing = (text: string) => expect.stringContaining(text) as string;
const search = (query: string) => `?search=${encodeURIComponent(query)}`;

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
});

afterAll(async () => {
  await engine?.close();
});

describe('collections of which there is nothing', () => {
  it.each(Object.entries(FIXED_COLLECTIONS))('%s says why nothing can be added', async (segment, { element, reason, members }) => {
    expect(await engine.ask('GET', `/${segment}`)).toMatchObject({ status: 200, text: containing(`<${element}${members ? '' : '/'}>`) });
    expect(await engine.ask('POST', `/${segment}`, '<x/>')).toMatchObject({ status: 400, text: containing(reason) });
    expect(await engine.ask('GET', `/${segment}/None`)).toMatchObject({ status: 404, text: containing('<fault>') });
  });
});

describe('the scheduling policy', () => {
  it('says that it has no parts and takes none', async () => {
    const policy = `/schedulingpolicies/${(await engine.ask('GET', '/schedulingpolicies')).id}`;
    for (const [segment, type] of [
      ['balances', 'Balance'],
      ['filters', 'Filter'],
      ['weights', 'Weight'],
    ] as const) {
      const refused = await engine.ask('POST', `${policy}/${segment}`, '<x/>');
      expect(refused).toMatchObject({ status: 400, text: containing(`<fault><detail>[Cannot add ${type}. `) });
      expect(refused.text).not.toContain('<action>');
    }
  });
});

describe('parts of objects of which there is nothing', () => {
  it('say why nothing can be added, and have no members', async () => {
    for (const [pattern, { type, reason }] of Object.entries(ABSENT_PARTS)) {
      const path = `/${pattern.replace(/:\w+/g, '11111111-2222-4333-8444-555555555555')}`;
      const said = { status: 400, text: containing(`[Cannot add ${type}. ${reason}]`) };
      expect([path, await engine.ask('POST', path, '<x/>')]).toMatchObject([path, said]);
      for (const method of ['GET', 'PUT', 'DELETE'] as const) {
        const gone = { status: 404, text: containing(`[${type} with id or name 'none' does not exist.]`) };
        expect([path, await engine.ask(method, `${path}/none`, method === 'PUT' ? '<x/>' : undefined)]).toMatchObject([path, gone]);
      }
    }
  });

  it('are listed, and a part is the same under the second address of its object', async () => {
    const { id: cluster } = await engine.ask('GET', '/clusters');
    const { id: dataCenter } = await engine.ask('GET', '/datacenters');
    for (const segment of ['affinitygroups', 'networks', 'cpuprofiles', 'permissions']) {
      const first = await engine.ask('GET', `/clusters/${cluster}/${segment}`);
      const second = await engine.ask('GET', `/datacenters/${dataCenter}/clusters/${cluster}/${segment}`);
      expect([segment, second.status, second.text]).toEqual([segment, 200, first.text]);
    }
    const { id: user } = await engine.ask('GET', '/users');
    expect((await engine.ask('GET', `/users/${user}/eventsubscriptions`)).text).toContain('<event_subscriptions/>');
  });
});

describe('what is there from the start', () => {
  it('has what VMs, clusters and profiles refer to', async () => {
    const { id: clusterId } = await engine.ask('GET', '/clusters');
    await engine.ask(
      'POST',
      '/vms',
      '<vm><name>v</name><cluster><name>Default</name></cluster><template><name>Blank</name></template></vm>',
    );
    for (const [owner, member] of [
      ['vms', 'large_icon'],
      ['vms', 'cpu_profile'],
      ['clusters', 'scheduling_policy'],
      ['vnicprofiles', 'network_filter'],
    ] as const) {
      const { text } = await engine.ask('GET', `/${owner}`);
      const href = new RegExp(`<${member} href="/ovirt-engine/api([^"]+)"`).exec(text)?.[1] ?? '';
      expect(await engine.ask('GET', href)).toMatchObject({ status: 200, text: containing(` href="/ovirt-engine/api${href}"`) });
      expect((await engine.ask('GET', `/${owner}?follow=${member}`)).text).toContain(`<${member} href="/ovirt-engine/api${href}"`);
    }
    expect((await engine.ask('GET', `/clusters/${clusterId}/cpuprofiles`)).text).toContain(`<name>Default</name>`);
    expect((await engine.ask('GET', `/cpuprofiles/${clusterId}`)).status).toBe(404);
  });

  it("has oVirt's operating systems", async () => {
    const { text } = await engine.ask('GET', '/operatingsystems');
    for (const name of ['other', 'other_linux', 'rhel_8x64', 'windows_2019x64']) expect(text).toContain(`<name>${name}</name>`);
    expect((await engine.ask('GET', '/operatingsystems/5')).text).toContain('<name>other_linux</name>');
    expect((await engine.ask('GET', '/operatingsystems/4711')).status).toBe(404);
  });

  it('has cluster levels with processors and permits', async () => {
    const { text } = await engine.ask('GET', '/clusterlevels/4.4');
    expect(text).toContain('<cpu_type><architecture>x86_64</architecture><level>2</level><name>Intel Nehalem Family</name></cpu_type>');
    expect(text).toContain('<name>create_vm</name><administrative>false</administrative>');
    expect((await engine.ask('GET', '/clusterlevels/9.9')).status).toBe(404);
  });

  it("has oVirt's instance types, and takes more", async () => {
    for (const name of ['Tiny', 'Small', 'Medium', 'Large', 'XLarge'])
      expect((await engine.ask('GET', `/instancetypes${search(`name=${name}`)}`)).text).toContain(`<name>${name}</name>`);
    expect((await engine.ask('GET', `/instancetypes${search('name=tiny')}`)).text).toContain('<memory>536870912</memory>');
    const { id, status } = await engine.ask(
      'POST',
      '/instancetypes',
      '<instance_type><name>Huge</name><memory>68719476736</memory></instance_type>',
    );
    expect(status).toBe(201);
    const changed = '<instance_type><cpu><topology><cores>8</cores></topology></cpu></instance_type>';
    expect((await engine.ask('PUT', `/instancetypes/${id}`, changed)).text).toContain('<cores>8</cores>');
    expect((await engine.ask('POST', '/instancetypes', '<instance_type><name>Tiny</name></instance_type>')).status).toBe(409);
    expect((await engine.ask('DELETE', `/instancetypes/${id}`)).status).toBe(200);
    expect((await engine.ask('GET', `/instancetypes/${id}`)).status).toBe(404);
  });
});

describe('what clients read of every engine and VM', () => {
  it('tells settings by their names', async () => {
    const { text } = await engine.ask('GET', '/options/MaxNumOfVmCpus');
    expect(text).toContain('<system_option_value><value>{x86=384,ppc=384,s390x=384}</value><version>4.4</version></system_option_value>');
    for (const name of ['NoSuchOption', 'toString']) expect((await engine.ask('GET', `/options/${name}`)).status).toBe(404);
  });

  it('has one empty CD drive in each VM', async () => {
    const body = '<vm><name>cd</name><cluster><name>Default</name></cluster><template><name>Blank</name></template></vm>';
    const { id } = await engine.ask('POST', '/vms', body);
    const drive = `/vms/${id}/cdroms/00000000-0000-0000-0000-000000000000`;
    expect((await engine.ask('GET', `/vms/${id}/cdroms`)).text).toContain(` href="/ovirt-engine/api${drive}"`);
    expect((await engine.ask('GET', `${drive}?current=true`)).status).toBe(200);
    expect((await engine.ask('PUT', drive, '<cdrom><file id=""/></cdrom>')).status).toBe(200);
    expect(await engine.ask('PUT', drive, '<cdrom><file id="a.iso"/></cdrom>')).toMatchObject({
      status: 400,
      text: containing('There are no images of CDs.'),
    });
    expect((await engine.ask('GET', `/vms?search=name%3Dcd&follow=cdroms`)).text).toContain('<cdroms><cdrom ');
  });
});

describe('bookmarks', () => {
  it('are kept', async () => {
    const { id, status } = await engine.ask('POST', '/bookmarks', '<bookmark><name>up</name><value>vms: status=up</value></bookmark>');
    expect(status).toBe(201);
    expect((await engine.ask('PUT', `/bookmarks/${id}`, '<bookmark><value>hosts:</value></bookmark>')).text).toContain(
      '<value>hosts:</value>',
    );
    expect((await engine.ask('POST', '/bookmarks', '<bookmark><name>up</name><value>x</value></bookmark>')).status).toBe(409);
    expect(await engine.ask('POST', '/bookmarks', '<bookmark><name>x</name></bookmark>')).toMatchObject({
      status: 400,
      text: containing('Bookmark [value] required for add'),
    });
    expect((await engine.ask('DELETE', `/bookmarks/${id}`)).status).toBe(200);
    expect((await engine.ask('GET', '/bookmarks')).text).toContain('<bookmarks/>');
  });
});
