import { randomUUID } from 'node:crypto';
import { Disk, type DiskId } from '../disks/disk.entity';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { ENGINE_PARTS } from '../testing/engine.parts';
import { RunningEngine } from '../testing/running-engine';
import { VolumeProvider } from '../volume-providers/volume-provider.entity';

let engine: RunningEngine;
let cluster: string;
let dataCenter: string;
let user: string;

const idOf = async (path: string): Promise<string> => (await engine.ask('GET', path)).id;

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
  [cluster, dataCenter, user] = [await idOf('/clusters'), await idOf('/datacenters'), await idOf('/users?search=name=admin')];
});

afterAll(async () => {
  await engine?.close();
});

/** What the events of a request refer to, by the member. */
async function references(method: 'POST' | 'PUT', path: string, body: string): Promise<{ id: string; told: Record<string, string>[] }> {
  const correlationId = randomUUID();
  const { id } = await engine.ask(method, path, body, { headers: { 'correlation-id': correlationId } });
  const { text } = await engine.ask('GET', `/events?search=correlation_id=${correlationId}`);
  const referencesIn = (event: string) =>
    [...event.matchAll(/<(\w+) href="[^"]*" id="([^"]+)"/g)].map(([, name = '', to = '']) => [name, to] as const);
  const told = text
    .split('<event ')
    .slice(1)
    .map((event) => Object.fromEntries<string>(referencesIn(event)));
  return { id, told };
}

describe('an event tells who asked, and where what it is about lies', () => {
  it('for a VM', async () => {
    const vm = '<vm><name>told</name><cluster><name>Default</name></cluster><template><name>Blank</name></template></vm>';
    const { id, told } = await references('POST', '/vms', vm);
    expect(told).toEqual([{ cluster, data_center: dataCenter, user, vm: id }]);
    const changed = await references('PUT', `/vms/${id}`, '<vm><comment>x</comment></vm>');
    expect(changed.told).toEqual([{ cluster, data_center: dataCenter, user, vm: id }]);
  });

  it('for a disk', async () => {
    const id = randomUUID();
    const account = { username: 'u', passwordSealed: 'sealed', tenantName: 't', userDomainName: 'Default', projectDomainName: 'Default' };
    const provider = { id, name: 'told', description: '', url: null, authenticationUrl: 'http://keystone/v3', version: 1, ...account };
    await engine.db.insert(VolumeProvider, { ...provider, requiresAuthentication: true });
    const domain = { id, name: 'told', description: '', comment: '', type: 'volume', storageType: 'cinder', providerId: id } as const;
    await engine.db.insert(StorageDomain, { ...domain, dataCenterId: dataCenter, status: 'active' });
    await engine.db.insert(Disk, { id: id as DiskId, name: 'told', storageDomainId: id, provisionedSize: 2 ** 30, status: 'ok' });
    const { told } = await references('PUT', `/disks/${id}`, '<disk><description>x</description></disk>');
    expect(told).toEqual([{ data_center: dataCenter, storage_domain: id, user }]);
  });
});
