import { randomUUID } from 'node:crypto';
import { CinderModule } from '../cinder/cinder.module';
import { ClustersModule } from '../clusters/clusters.module';
import { DataCentersModule } from '../data-centers/data-centers.module';
import { DiskAttachmentsModule } from '../disk-attachments/disk-attachments.module';
import { DisksModule } from '../disks/disks.module';
import { HostConnectionModule } from '../hosts/host-connection.module';
import { StorageDomainsModule } from '../storage-domains/storage-domains.module';
import { TemplatesModule } from '../templates/templates.module';
import { RunningEngine } from '../testing/running-engine';
import { VmsModule } from '../vms/vms.module';
import { VolumeProvidersModule } from '../volume-providers/volume-providers.module';
import { MAX_FOLLOWED_OBJECTS } from './follow.service';

let engine: RunningEngine;
const provider = randomUUID();
const domain = randomUUID();
const vm = (n: number): string => `f0000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** Four VMs with three disks each, which all are in one domain of the Default data center. */
const ROWS = [
  `INSERT INTO volume_provider (id, name, authentication_url, requires_authentication, username, password_sealed, tenant_name, user_domain_name, project_domain_name)
     VALUES ('${provider}', 'cinder', 'http://x', true, 'u', 'p', 't', 'd', 'd')`,
  `INSERT INTO storage_domain (id, name, type, storage_type, provider_id, data_center_id, status)
     SELECT '${domain}', 'ceph', 'volume', 'cinder', '${provider}', id, 'active' FROM data_center`,
  `INSERT INTO disk (id, name, storage_domain_id, provisioned_size, status)
     SELECT ('a0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'disk' || n, '${domain}', 1073741824, 'ok' FROM generate_series(1, 12) n`,
  `INSERT INTO vm (id, name, cluster_id, template_id, status, type, memory, memory_guaranteed, memory_max, sockets, cores, threads, os_type, boot_devices)
     SELECT ('f0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'vm' || n, c.id, '00000000-0000-0000-0000-000000000000', 'down', 'server',
       1073741824, 1073741824, 1073741824, 1, 1, 1, 'other', '{hd}' FROM generate_series(1, 4) n, cluster c`,
  `INSERT INTO disk_attachment (disk_id, vm_id, interface, plugged)
     SELECT ('a0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, ('f0000000-0000-4000-8000-' || lpad(((n - 1) / 3 + 1)::text, 12, '0'))::uuid, 'virtio', true
     FROM generate_series(1, 12) n`,
];

beforeAll(async () => {
  const storage = [CinderModule, HostConnectionModule, VolumeProvidersModule, StorageDomainsModule, DisksModule, DiskAttachmentsModule];
  engine = await RunningEngine.start([...storage, DataCentersModule, ClustersModule, TemplatesModule, VmsModule]);
  for (const statement of ROWS) await engine.db.query(statement);
});

afterAll(async () => {
  await engine?.close();
});

async function ask(path: string): Promise<string> {
  const { status, text } = await engine.ask('GET', path);
  expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' });
  return text;
}

const count = (text: string, piece: string): number => text.split(piece).length - 1;

/** The statements that a request needs, as PostgreSQL's driver sends them; without those that tell who asks, which are not sent each time. */
async function statements(work: () => Promise<unknown>): Promise<number> {
  const query = jest.spyOn(
    (engine.db.connection.driver as unknown as { postgres: { Client: { prototype: { query: (text: unknown) => void } } } }).postgres.Client
      .prototype,
    'query',
  );
  await work();
  const sent = query.mock.calls.map(([statement]) => (typeof statement === 'string' ? statement : (statement as { text: string }).text));
  const { length } = sent.filter((text) => !/account|permission/.test(text));
  query.mockRestore();
  return length;
}

/** The fewest of several tries: the engine also does something now and then that nobody asked for. */
async function fewestStatements(work: () => Promise<unknown>): Promise<number> {
  const tries = [await statements(work), await statements(work), await statements(work), await statements(work)];
  return Math.min(...tries);
}

describe('follow', () => {
  it('puts a sub-collection and the objects in it in the place of the links', async () => {
    const text = await ask(`/vms/${vm(1)}?follow=disk_attachments.disk`);
    expect(text).not.toContain('rel="diskattachments"');
    expect(text).toMatch(/<disk_attachments><disk_attachment [^>]*id="a0000000-0000-4000-8000-000000000001"/);
    expect(count(text, '<disk_attachment ')).toBe(3);
    expect(count(text, '<provisioned_size>1073741824</provisioned_size>')).toBe(3);
    expect(text).toContain('<alias>disk2</alias>');
  });

  it('does not mind cases, underscores and matrix parameters', async () => {
    const plain = await ask(`/vms/${vm(1)}?follow=disk_attachments.disk`);
    expect(await ask(`/vms/${vm(1)}?follow=DiskAttachments.DISK`)).toBe(plain);
    expect(await ask(`/vms/${vm(1)};follow=diskattachments.disk`)).toBe(plain);
  });

  it('follows references, several of them, in any depth', async () => {
    const text = await ask('/vms?follow=cluster.data_center,template,disk_attachments.disk.storage_domains,sessions,host');
    expect(count(text, '<cluster href=')).toBe(4);
    expect(count(text, '<name>Blank</name>')).toBe(4);
    expect(count(text, '<quota_mode>')).toBe(4);
    expect(count(text, '<name>ceph</name>')).toBe(12);
    expect(count(text, '<sessions/>')).toBe(4);
  });

  it('leaves what other answers show as it is', async () => {
    const paths = ['/vms', '/disks', `/vms/${vm(1)}/diskattachments`];
    const plain = () => Promise.all(paths.map(ask));
    const before = await plain();
    await ask('/vms?follow=disk_attachments.disk.storage_domains,cluster.data_center');
    await ask('/disks?follow=storage_domains.data_centers,permissions');
    await ask(`/vms/${vm(1)}/diskattachments?follow=vm.cluster,disk`);
    expect(await plain()).toEqual(before);
  });

  it('asks the database as often for many objects as for one', async () => {
    const path = '?follow=disk_attachments.disk.storage_domains,cluster.data_center&max=';
    await ask('/vms');
    const one = await fewestStatements(() => ask(`/vms${path}1`));
    expect(one).toBeGreaterThan(5);
    expect(await fewestStatements(() => ask(`/vms${path}4`))).toBe(one);
  });

  it('serves data centers with their clusters, domains and disks', async () => {
    const text = await ask('/datacenters?follow=clusters,storagedomains.disks,permissions,iscsibonds');
    expect(text).toContain('<iscsi_bonds/>');
    expect(text).toMatch(/<clusters><cluster /);
    expect(text).toMatch(/<storage_domains><storage_domain .*<status>active<\/status>/);
    expect(count(text, '<disk ')).toBe(12);
    expect(await ask(`/storagedomains/${domain}?follow=disks.statistics`)).toContain('disk.flush.latency');
  });

  it('ignores what nothing has', async () => {
    expect(await ask(`/vms/${vm(1)}?follow=nothing.at.all,link,actions,name`)).toBe(await ask(`/vms/${vm(1)}`));
  });

  it.each(['a..b', '%F0%9F%90%98', 'a.b.c.d.e.f.g.h.i', ',', 'x'.repeat(65)])('refuses %s', async (follow) => {
    expect((await engine.ask('GET', `/vms?follow=${follow}`)).status).toBe(400);
  });

  it('refuses an answer that would hold too much', async () => {
    const { status, text } = await engine.ask('GET', `/disks?follow=${'storage_domains.disks.'.repeat(4).slice(0, -1)}`);
    expect(status).toBe(400);
    expect(text).toContain(`more than ${MAX_FOLLOWED_OBJECTS} objects`);
  });
});
