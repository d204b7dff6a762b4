import { randomUUID } from 'node:crypto';
import { DiskProfile } from '../disk-profiles/disk-profile.entity';
import { Disk, type DiskId } from '../disks/disk.entity';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { ENGINE_PARTS } from '../testing/engine.parts';
import { RunningEngine } from '../testing/running-engine';
import { VolumeProvider } from '../volume-providers/volume-provider.entity';

let engine: RunningEngine;
let quotas: string;
let clusterId: string;
let domainId: string;
const containing = (text: string) => expect.stringContaining(text) as string;

/** A domain as the database has it after a provider was added: no provider is asked here. */
async function domain(dataCenterId: string): Promise<string> {
  const [providerId, id] = [randomUUID(), randomUUID()];
  const account = { username: 'u', passwordSealed: 'x', tenantName: 't', userDomainName: 'Default', projectDomainName: 'Default' };
  const provider = {
    id: providerId,
    name: 'p',
    description: '',
    authenticationUrl: 'http://keystone/v3',
    requiresAuthentication: true,
    ...account,
  };
  await engine.db.insert(VolumeProvider, { ...provider, version: 1 });
  const row = {
    id,
    name: 'p',
    description: '',
    comment: '',
    type: 'volume',
    storageType: 'cinder',
    providerId,
    dataCenterId,
    status: 'active',
  };
  await engine.db.insert(StorageDomain, row as StorageDomain);
  return id;
}

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
  const { id: dataCenterId } = await engine.ask('GET', '/datacenters');
  quotas = `/datacenters/${dataCenterId}/quotas`;
  clusterId = (await engine.ask('GET', '/clusters')).id;
  domainId = await domain(dataCenterId);
});

afterAll(async () => {
  await engine?.close();
});

const text = (path: string) => engine.ask('GET', path).then((answer) => answer.text);
const quotaIn = async (path: string) => /<quota (?:href="[^"]*" )?id="([^"]+)"/.exec(await text(path))?.[1];

async function disk(): Promise<string> {
  const id = randomUUID();
  await engine.db.insert(Disk, { id: id as DiskId, name: 'd', storageDomainId: domainId, provisionedSize: 2 ** 30, status: 'ok' });
  return `/disks/${id}`;
}

describe('what belongs to a quota', () => {
  const vm = '<vm><name>v</name><cluster><name>Default</name></cluster><template><name>Blank</name></template></vm>';

  it('belongs to the default one of its data center, which stays', async () => {
    const found = /id="([^"]+)"><name>Default<.name>/.exec(await text(quotas))?.[1];
    const { id: vmId } = await engine.ask('POST', '/vms', vm);
    expect(await quotaIn(`/vms/${vmId}`)).toBe(found);
    expect(await quotaIn(await disk())).toBe(found);
    expect(await engine.ask('DELETE', `${quotas}/${found}`)).toMatchObject({ status: 409, text: containing('default Quota') });
    expect((await engine.ask('DELETE', `/vms/${vmId}`)).status).toBe(200);
  });

  it('belongs to another one that is named, and holds it', async () => {
    const { id } = await engine.ask('POST', quotas, '<quota><name>other</name></quota>');
    const { id: vmId } = await engine.ask('POST', '/vms', vm.replace('</vm>', `<quota id="${id}"/></vm>`));
    const path = await disk();
    expect((await engine.ask('PUT', path, `<disk><quota id="${id}"/></disk>`)).status).toBe(200);
    for (const one of [`/vms/${vmId}`, path]) expect(await quotaIn(one)).toBe(id);
    expect(await engine.ask('DELETE', `${quotas}/${id}`)).toMatchObject({ status: 409, text: containing('belong to the Quota other') });
    expect((await engine.ask('PUT', path, `<disk><quota id="${randomUUID()}"/></disk>`)).status).toBe(404);
    expect(await quotaIn(path)).toBe(id);
    const usual = /id="([^"]+)"><name>Default<.name>/.exec(await text(quotas))?.[1];
    expect((await engine.ask('PUT', path, '<disk><quota id=""/></disk>')).status).toBe(200);
    expect((await engine.ask('PUT', `/vms/${vmId}`, '<vm><quota id=""/></vm>')).status).toBe(200);
    for (const one of [`/vms/${vmId}`, path]) expect(await quotaIn(one)).toBe(usual);
  });

  it('has a profile of its storage domain, if it is a disk', async () => {
    const add = async (name: string) =>
      (await engine.ask('POST', `/storagedomains/${domainId}/diskprofiles`, `<disk_profile><name>${name}</name></disk_profile>`)).id;
    const [first, second] = [await add('a'), await add('b')];
    const path = await disk();
    expect(await text(path)).toContain(`<disk_profile href="/ovirt-engine/api/diskprofiles/${first}" id="${first}"/>`);
    expect((await engine.ask('PUT', path, `<disk><disk_profile id="${second}"/></disk>`)).text).toContain(`id="${second}"`);
    expect(await text(path)).toContain(`<disk_profile href="/ovirt-engine/api/diskprofiles/${second}"`);
    expect(await engine.ask('DELETE', `/diskprofiles/${second}`)).toMatchObject({ status: 409, text: containing('have the Disk Profile') });
    await engine.db.delete(Disk, { storageDomainId: domainId });
    await engine.db.delete(DiskProfile, { storageDomainId: domainId });
  });
});

describe('quotas', () => {
  it('are added with percentages, changed and removed with their limits', async () => {
    const { id, status, text } = await engine.ask(
      'POST',
      quotas,
      '<quota><name>q</name><cluster_hard_limit_pct>50</cluster_hard_limit_pct></quota>',
    );
    expect(status).toBe(201);
    expect(text).toContain('<cluster_hard_limit_pct>50</cluster_hard_limit_pct><cluster_soft_limit_pct>80</cluster_soft_limit_pct>');
    expect((await engine.ask('PUT', `${quotas}/${id}`, '<quota><name>q2</name></quota>')).text).toContain('<name>q2</name>');
    const limit = await engine.ask(
      'POST',
      `${quotas}/${id}/quotastoragelimits`,
      '<quota_storage_limit><limit>100</limit></quota_storage_limit>',
    );
    expect(limit).toMatchObject({ status: 201, text: containing('<limit>100</limit>') });
    expect((await engine.ask('GET', `${quotas}/${id}/quotastoragelimits/${limit.id}`)).status).toBe(200);
    expect((await engine.ask('DELETE', `${quotas}/${id}`)).status).toBe(200);
    expect((await engine.ask('GET', `${quotas}/${id}/quotastoragelimits`)).status).toBe(404);
    expect((await engine.ask('GET', quotas)).text).not.toContain('<name>q</name>');
  });

  it('limit single domains and clusters, or all together', async () => {
    const { id } = await engine.ask('POST', quotas, '<quota><name>limits</name></quota>');
    const storage = (more: string) =>
      engine.ask('POST', `${quotas}/${id}/quotastoragelimits`, `<quota_storage_limit><limit>-1</limit>${more}</quota_storage_limit>`);
    const cluster = (more: string) =>
      engine.ask('POST', `${quotas}/${id}/quotaclusterlimits`, `<quota_cluster_limit>${more}</quota_cluster_limit>`);
    expect((await storage(`<storage_domain id="${domainId}"/>`)).status).toBe(201);
    expect(await storage(`<storage_domain id="${domainId}"/>`)).toMatchObject({ status: 409, text: containing('already') });
    expect(await storage('')).toMatchObject({ status: 409, text: containing('cannot be used together') });
    const limit = await cluster(`<cluster id="${clusterId}"/><memory_limit>1.5</memory_limit><vcpu_limit>4</vcpu_limit>`);
    expect(limit).toMatchObject({ status: 201, text: containing('<memory_limit>1.5</memory_limit>') });
    expect((await engine.ask('GET', `${quotas}/${id}/quotaclusterlimits`)).id).toBe(limit.id);
    expect((await engine.ask('DELETE', `${quotas}/${id}/quotaclusterlimits/${limit.id}`)).status).toBe(200);
    expect((await cluster('')).text).toContain('<vcpu_limit>-1</vcpu_limit>');
    expect((await storage(`<storage_domain id="${randomUUID()}"/>`)).status).toBe(404);
  });

  it.each([
    ['no name', '<quota/>', 400, 'Quota [name] required for add'],
    ['110 %', '<quota><name>x</name><storage_soft_limit_pct>110</storage_soft_limit_pct></quota>', 400, 'from 0 to 100'],
    ['a used name', '<quota><name>limits</name></quota>', 409, 'already in use'],
  ])('are refused with %s', async (_what, body, status, text) => {
    expect(await engine.ask('POST', quotas, body)).toMatchObject({ status, text: containing(text) });
  });
});

describe('profiles of disks', () => {
  it('are added in both places; a domain keeps the last', async () => {
    const { id, status } = await engine.ask(
      'POST',
      '/diskprofiles',
      `<disk_profile><name>fast</name><storage_domain id="${domainId}"/></disk_profile>`,
    );
    expect(status).toBe(201);
    const second = await engine.ask('POST', `/storagedomains/${domainId}/diskprofiles`, '<disk_profile><name>slow</name></disk_profile>');
    expect(second.status).toBe(201);
    expect((await engine.ask('PUT', `/diskprofiles/${id}`, '<disk_profile><description>d</description></disk_profile>')).text).toContain(
      '>d<',
    );
    expect((await engine.ask('GET', `/storagedomains/${domainId}/diskprofiles`)).text).toContain('<name>slow</name>');
    expect((await engine.ask('DELETE', `/storagedomains/${domainId}/diskprofiles/${second.id}`)).status).toBe(200);
    expect(await engine.ask('DELETE', `/diskprofiles/${id}`)).toMatchObject({ status: 409, text: containing('last Disk Profile') });
    const twice = await engine.ask('POST', `/storagedomains/${domainId}/diskprofiles`, '<disk_profile><name>fast</name></disk_profile>');
    expect(twice.status).toBe(409);
  });
});
