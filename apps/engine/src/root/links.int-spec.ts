import { spawnSync } from 'node:child_process';
import { missingElements, recordedCollections, schemaFaultsOfXml } from '@clinker/testing';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { Disk, type DiskId, type VolumeId } from '../disks/disk.entity';
import { Host } from '../hosts/host.entity';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { ENGINE_PARTS } from '../testing/engine.parts';
import { RunningEngine } from '../testing/running-engine';
import { capabilities } from '../vms/testing/compute.fixture';

/** oVirt's XSD, where it is at hand: it is not ours to keep. */
const XSD = process.env['OVIRT_XSD'];
const PREFIX = '/ovirt-engine/api';
const lab = (name: string): string => process.env[name] ?? '';

/** More than this many documents mean that links never end. */
const MAX_DOCUMENTS = 2_000;

interface Visit {
  readonly path: string;
  readonly from: string;
  readonly status: number;
  readonly text: string;
}

let engine: RunningEngine;
let visits: Visit[];

async function must(path: string, body: string): Promise<string> {
  const answer = await engine.ask('POST', path, body);
  if (answer.status > 202) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
  return answer.id;
}

/** A provider of the lab's Keystone with its storage domain. */
async function addDomain(): Promise<string> {
  const account = `<username>${lab('LAB_CINDER_USER')}</username><password>${lab('LAB_CINDER_PASSWORD')}</password>`;
  const where = `<authentication_url>${lab('OS_AUTH_URL')}</authentication_url><tenant_name>${lab('LAB_CINDER_PROJECT')}</tenant_name>`;
  const flags = '<requires_authentication>true</requires_authentication><data_center><name>Default</name></data_center>';
  await must(
    '/openstackvolumeproviders',
    `<openstack_volume_provider><name>p</name>${where}${account}${flags}</openstack_volume_provider>`,
  );
  const [domain] = await engine.db.find(StorageDomain);
  return domain!.id;
}

async function addHost(clusterId: string): Promise<string> {
  const id = randomUUID();
  const seen = { agentRunId: 'run', heartbeatAt: new Date(), memoryFreeBytes: 2 ** 30, secretUuids: [] };
  const row = { id, name: 'h', clusterId, comment: '', address: '10.0.0.1', status: 'up', capabilities: capabilities('h'), ...seen };
  await engine.db.insert(Host, row as object);
  return id;
}

async function addDisk(storageDomainId: string, vmId: string): Promise<void> {
  const diskId = randomUUID() as string as DiskId;
  const flags = { sparse: true, shareable: false, wipeAfterDelete: false, propagateErrors: false };
  const volume = { volumeId: randomUUID() as string as VolumeId, volumeType: null, provisionedSize: 2 ** 30 };
  const state = { status: 'ok' as const, statusReason: null, creationTime: new Date() };
  await engine.db.insert(Disk, { id: diskId, name: 'd', description: '', storageDomainId, ...volume, ...flags, ...state });
  const how = { bootable: true, interface: 'virtio' as const, readOnly: false, passDiscard: false, plugged: true, status: 'ok' as const };
  await engine.db.insert(DiskAttachment, { diskId, vmId, ...how });
}

/** One of everything that the API can show. */
async function populate(): Promise<void> {
  const { id: dataCenterId } = await engine.ask('GET', '/datacenters');
  const { id: clusterId } = await engine.ask('GET', '/clusters');
  const { id: profileId } = await engine.ask('GET', '/vnicprofiles');
  const domainId = await addDomain();
  const hostId = await addHost(clusterId);
  const vmId = await must('/vms', '<vm><name>v</name><cluster><name>Default</name></cluster><template><name>Blank</name></template></vm>');
  await addDisk(domainId, vmId);
  await must(`/vms/${vmId}/nics`, `<nic><name>n</name><vnic_profile id="${profileId}"/></nic>`);
  await must('/tags', '<tag><name>t</name></tag>');
  for (const owner of [`vms/${vmId}`, `hosts/${hostId}`]) await must(`/${owner}/tags`, '<tag><name>t</name></tag>');
  await must('/bookmarks', '<bookmark><name>b</name><value>Vms:</value></bookmark>');
  const quota = `/datacenters/${dataCenterId}/quotas`;
  const quotaId = await must(quota, '<quota><name>q</name></quota>');
  await must(`${quota}/${quotaId}/quotastoragelimits`, '<quota_storage_limit><limit>5</limit></quota_storage_limit>');
  await must(`${quota}/${quotaId}/quotaclusterlimits`, `<quota_cluster_limit><cluster id="${clusterId}"/></quota_cluster_limit>`);
  await must('/jobs', '<job><description>j</description></job>').then((id) =>
    must(`/jobs/${id}/steps`, '<step><description>s</description><type>executing</type></step>'),
  );
}

/** Actions are no documents; what stands in braces is for the client to fill in. */
const linksIn = (text: string): string[] =>
  [...text.replace(/<actions>.*?<\/actions>/gs, '').matchAll(/ href="([^"]+)"/g)]
    .map(([, href = '']) => href.replaceAll('&amp;', '&').replace('{query}', '').replace('{event_id}', '0'))
    .filter((href) => href.startsWith(PREFIX));

async function crawl(): Promise<Visit[]> {
  const found: Visit[] = [];
  const known = new Set([PREFIX]);
  const waiting = [{ path: PREFIX, from: '' }];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { path, from } = next;
    const { status, text } = await engine.ask('GET', path.slice(PREFIX.length));
    found.push({ path, from, status, text });
    if (found.length > MAX_DOCUMENTS) throw new Error(`The links never end: ${path}`);
    for (const href of status === 200 ? linksIn(text) : []) {
      if (known.has(href)) continue;
      known.add(href);
      waiting.push({ path: href, from: path });
    }
  }
  return found;
}

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
  await populate();
  visits = await crawl();
}, 120_000);

afterAll(async () => {
  await engine?.close();
});

it('every link of every document leads to a document', () => {
  expect(visits.length).toBeGreaterThan(150);
  const broken = visits.filter(({ status }) => status !== 200).map(({ path, from, status }) => `${status} ${path} from ${from}`);
  expect(broken).toEqual([]);
});

it('every document is valid by the schema of oVirt', () => {
  const faults = visits
    .filter(({ status }) => status === 200)
    .flatMap(({ path, text }) => schemaFaultsOfXml(text).map((fault) => `${path}: ${fault}`));
  expect(faults).toEqual([]);
});

/** Links to what oVirt's objects have no member for. */
const NOT_FOLLOWED = ['backups', 'checkpoints', 'eventsubscriptions'];

/** One object of each kind that has links to sub-collections, with those, by its kind. */
function objectsWithLinks(): Map<string, { path: string; rels: string[] }> {
  const objects = new Map<string, { path: string; rels: string[] }>();
  for (const { path, text } of visits) {
    const own = text.replace(/<actions>.*?<\/actions>/gs, '');
    const rels = [...own.matchAll(/<link href="([^"]+)" rel="(\w+)"\/>/g)].flatMap(([, href, rel = '']) =>
      href === `${path}/${rel}` ? [rel] : [],
    );
    const kind = path.replace(/\/[^/]+(\/|$)(?=[a-z]|$)/g, (part) => (/[0-9]/.test(part) ? '/' : part));
    if (path !== PREFIX && rels.length > 0) objects.set(kind, { path, rels });
  }
  return objects;
}

it('every link of an object can be followed, and makes a document that is valid by the schema of oVirt', async () => {
  const objects = [...objectsWithLinks().values()];
  expect(objects.length).toBeGreaterThan(20);
  const faults: string[] = [];
  for (const { path, rels } of objects) {
    const { status, text } = await engine.ask('GET', `${path.slice(PREFIX.length)}?follow=${rels.join(',')}`);
    const left = rels.filter((rel) => text.includes(`"${path}/${rel}" rel=`) && !NOT_FOLLOWED.includes(rel)).map((rel) => `${rel} is left`);
    faults.push(...[...(status === 200 ? [] : [`${status}`]), ...left, ...schemaFaultsOfXml(text)].map((fault) => `${path}: ${fault}`));
  }
  expect(faults).toEqual([]);
});

it('every list heeds max', async () => {
  const lists = visits.filter(({ path, status, text }) => status === 200 && !path.includes('?') && /^<\?xml[^>]*><\w+>/.test(text));
  const long: string[] = [];
  let shortened = 0;
  for (const { path } of lists.filter((one) => one.path !== PREFIX)) {
    const count = async (query: string): Promise<number> => {
      const { text } = await engine.ask('GET', `${path.slice(PREFIX.length)}${query}`, undefined, {
        headers: { accept: 'application/json' },
      });
      return Object.values(JSON.parse(text) as Record<string, unknown[]>).flat().length;
    };
    if ((await count('')) < 2) continue;
    shortened += 1;
    if ((await count('?max=1')) !== 1) long.push(path);
  }
  expect(long).toEqual([]);
  expect(shortened).toBeGreaterThan(10);
});

/** What real engines have and this one cannot, with the reason. */
const NOT_HERE: Readonly<Record<string, readonly string[]>> = {
  // Guests tell of their addresses by an agent in them, which nobody asks yet.
  'vms/nics': ['reported_devices'],
};

/** What takes copies that Cinder makes is looked at where they are made. */
const NOT_IN_THIS_WORLD = ['templates/diskattachments', 'vms/snapshots', 'vms/snapshots/disks'];

/** The id before a sub-collection; an object's own address ends in one. */
const PARENT_ID = /\/[0-9a-f]{8}-[0-9a-f-]{27}(?=\/)/g;

it.each(recordedCollections.filter((one) => !NOT_IN_THIS_WORLD.includes(one)))('%s have what those of real engines have', (collection) => {
  const found = visits.filter(({ path, text }) => path.replace(PARENT_ID, '') === `${PREFIX}/${collection}` && text.includes(' id='));
  expect(found.length).toBeGreaterThan(0);
  const missing = new Set(found.flatMap(({ text }) => missingElements(collection, text)));
  expect([...missing]).toEqual(NOT_HERE[collection] ?? []);
});

/** The whole schema, where it is at hand: what is kept here is a description of it. */
if (XSD)
  it('every document is valid by the XSD of oVirt', () => {
    const folder = mkdtempSync(join(tmpdir(), 'documents-'));
    mkdirSync(folder, { recursive: true });
    const files = visits.filter(({ status }) => status === 200).map(({ text }, index) => ({ text, name: join(folder, `${index}.xml`) }));
    for (const { name, text } of files) writeFileSync(name, text);
    const checked = spawnSync('xmllint', ['--noout', '--schema', XSD ?? '', ...files.map(({ name }) => name)], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(checked.stderr.split('\n').filter((line) => / (validates|fails to validate)$/.test(line))).toHaveLength(files.length);
    const invalid = checked.stderr.split('\n').filter((line) => / error /.test(line));
    expect(invalid.map((line) => line.replace(/^.*?(\d+)\.xml/, (_all, index: string) => visits[Number(index)]?.path ?? ''))).toEqual([]);
  });
