import { CinderClient } from '@clinker/cinder';
import { Operation } from '@clinker/sagas';
import { randomUUID } from 'node:crypto';
import { CinderModule } from '../cinder/cinder.module';
import { Cluster } from '../clusters/cluster.entity';
import { ClustersModule } from '../clusters/clusters.module';
import { DataCentersModule } from '../data-centers/data-centers.module';
import { Disk, type DiskId } from '../disks/disk.entity';
import { DisksModule } from '../disks/disks.module';
import { Event } from '../events/event.entity';
import { HostConnectionModule } from '../hosts/host-connection.module';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { StorageDomainsModule } from '../storage-domains/storage-domains.module';
import { BLANK_TEMPLATE_ID } from '../templates/template.entity';
import { type Answer, RunningEngine } from '../testing/running-engine';
import { Vm, type VmStatus } from '../vms/vm.entity';
import { VolumeProvidersModule } from '../volume-providers/volume-providers.module';
import { DiskAttachment, VolumeAttachment } from './disk-attachment.entity';
import { DiskAttachmentsModule } from './disk-attachments.module';

jest.setTimeout(120_000);

const lab = (name: string): string => process.env[name] ?? '';
const PROVIDER = `p-${randomUUID()}`;
const ACCOUNT = {
  authentication_url: lab('OS_AUTH_URL'),
  username: lab('LAB_CINDER_USER'),
  password: lab('LAB_CINDER_PASSWORD'),
  tenant_name: lab('LAB_CINDER_PROJECT'),
};

let engine: RunningEngine;
let clusterId: string;
let storageDomainId: string;

async function until<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > deadline) throw new Error('It has not come about');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

beforeAll(async () => {
  const modules = [CinderModule, HostConnectionModule, DataCentersModule, ClustersModule, VolumeProvidersModule, StorageDomainsModule];
  engine = await RunningEngine.start([...modules, DisksModule, DiskAttachmentsModule]);
  const account = Object.entries({ ...ACCOUNT, name: PROVIDER, requires_authentication: 'true', data_center: '<name>Default</name>' });
  const provider = account.map(([name, value]) => `<${name}>${value}</${name}>`).join('');
  const added = await engine.ask('POST', '/openstackvolumeproviders', `<openstack_volume_provider>${provider}</openstack_volume_provider>`);
  expect(added.status).toBe(201);
  storageDomainId = (await until(() => engine.db.findOneBy(StorageDomain, { name: PROVIDER, status: 'active' }))).id;
  clusterId = (await engine.db.findOneByOrFail(Cluster, { name: 'Default' })).id;
});

afterEach(async () => {
  await engine.db.query('TRUNCATE vm, host, disk, volume_attachment, event CASCADE');
  await engine.db.update(StorageDomain, { id: storageDomainId }, { status: 'active' });
});

afterAll(() => engine?.close());

async function vm(name: string, status: VmStatus = 'down', changes: Partial<Vm> = {}): Promise<string> {
  const id = randomUUID();
  const sizes = { memory: 1, memoryGuaranteed: 1, memoryMax: 1, sockets: 1, cores: 1, threads: 1 };
  const texts = { description: '', comment: '', stopReason: '', type: 'server', osType: 'other_linux', bootDevices: ['hd'] } as const;
  const row = { id, name, clusterId, templateId: BLANK_TEMPLATE_ID, status, ...sizes, ...texts, bootDevices: [...texts.bootDevices] };
  await engine.db.insert(Vm, { ...row, deleteProtected: false, stateless: false, creationTime: new Date(), ...changes });
  return id;
}

async function disk(name: string, changes: Partial<Disk> = {}): Promise<DiskId> {
  const id = randomUUID() as string as DiskId;
  const flags = { sparse: true, shareable: false, wipeAfterDelete: false, propagateErrors: false };
  const row = { id, name, description: '', storageDomainId, volumeType: null, provisionedSize: 1024 ** 3, ...flags };
  const volumeId = randomUUID() as string as NonNullable<Disk['volumeId']>;
  await engine.db.insert(Disk, { ...row, volumeId, status: 'ok', statusReason: null, creationTime: new Date(), ...changes });
  return id;
}

const attach = (vmId: string, diskId: string, more = ''): Promise<Answer> =>
  engine.ask(
    'POST',
    `/vms/${vmId}/diskattachments`,
    `<disk_attachment><interface>virtio</interface>${more}<disk id="${diskId}"/></disk_attachment>`,
  );
const change = (vmId: string, diskId: string, what: string): Promise<Answer> =>
  engine.ask('PUT', `/vms/${vmId}/diskattachments/${diskId}`, `<disk_attachment>${what}</disk_attachment>`);
const ACTIVE = '<active>true</active>';

describe('attaching a disk to a VM that is down', () => {
  it('makes it inactive unless told, and shows it below the VM', async () => {
    const [vmId, diskId] = [await vm('a'), await disk('one')];
    const answer = await attach(vmId, diskId);
    expect(answer.status).toBe(201);
    expect(answer.text).toContain(`href="/ovirt-engine/api/vms/${vmId}/diskattachments/${diskId}" id="${diskId}"`);
    expect(answer.text).toContain('<active>false</active>');
    expect((await engine.ask('GET', `/vms/${vmId}/diskattachments`)).text).toContain(diskId);
    expect(await engine.db.findBy(Event, { diskId, vmId })).toMatchObject([{ code: 2016 }]);
  });

  it('gives a disk that is not shareable to one of two VMs that want it at once', async () => {
    const [one, two, diskId] = [await vm('a'), await vm('b'), await disk('web')];
    const answers = await Promise.all([attach(one, diskId, ACTIVE), attach(two, diskId, ACTIVE)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(answers.map(({ text }) => text).join('')).toContain('Disk web is not shareable and is already attached to VM(s): ');
  });

  it('gives a shareable disk to both, and to none twice', async () => {
    const [one, two, diskId] = [await vm('a'), await vm('b'), await disk('web', { shareable: true })];
    expect([(await attach(one, diskId)).status, (await attach(two, diskId)).status]).toEqual([201, 201]);
    const again = await attach(two, diskId);
    expect(again.status).toBe(409);
    expect(again.text).toContain('The disk is already attached to VM(s): a, b.');
  });

  it('lets a VM have one bootable disk', async () => {
    const [vmId, one, two] = [await vm('a'), await disk('one'), await disk('two')];
    const answers = await Promise.all([one, two].map((id) => attach(vmId, id, '<bootable>true</bootable>')));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(answers.map(({ text }) => text).join('')).toMatch(/VM a already has a bootable disk (one|two)\./);
  });

  it.each([
    ['is locked', { status: 'locked' }, 409, 'Disk is locked'],
    ['is illegal', { status: 'illegal' }, 409, 'ILLEGAL'],
  ] as const)('is refused for a disk that %s', async (_what, changes, status, text) => {
    const answer = await attach(await vm('a'), await disk('web', changes));
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
  });

  it('is refused for what does not exist, for a domain that is not active, and for old interfaces', async () => {
    const [vmId, diskId] = [await vm('a'), await disk('web')];
    expect((await attach(randomUUID(), diskId)).status).toBe(404);
    expect((await attach(vmId, randomUUID())).status).toBe(404);
    const ide = `<disk_attachment><interface>ide</interface><disk id="${diskId}"/></disk_attachment>`;
    expect(await engine.ask('POST', `/vms/${vmId}/diskattachments`, ide)).toMatchObject({ status: 400 });
    await engine.db.update(StorageDomain, { id: storageDomainId }, { status: 'maintenance' });
    expect(await attach(vmId, diskId)).toMatchObject({ status: 409 });
    expect(await engine.db.count(DiskAttachment)).toBe(0);
  });

  it('is refused while the VM is locked, in words that clients look for', async () => {
    const answer = await attach(await vm('a', 'wait_for_launch'), await disk('web'));
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('VM is locked');
  });
});

describe('a disk of a VM that is down', () => {
  let vmId: string;
  let diskId: DiskId;

  beforeEach(async () => {
    [vmId, diskId] = [await vm('a'), await disk('web')];
    await attach(vmId, diskId);
  });

  it('is activated, changed and deactivated in the database alone', async () => {
    const active = await change(vmId, diskId, `${ACTIVE}<bootable>true</bootable><read_only>true</read_only><disk><name>db</name></disk>`);
    expect(active.status).toBe(200);
    for (const part of ['<active>true', '<bootable>true', '<read_only>true']) expect(active.text).toContain(part);
    expect((await engine.db.findOneByOrFail(Disk, { id: diskId })).name).toBe('db');
    expect((await change(vmId, diskId, '<active>false</active>')).text).toContain('<active>false');
    expect(await engine.db.count(Operation, { where: { saga: 'plug-disk' } })).toBe(0);
  });

  it('is detached and kept', async () => {
    const answer = await engine.ask('DELETE', `/vms/${vmId}/diskattachments/${diskId}`);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('<status>complete</status>');
    expect(await engine.db.count(DiskAttachment)).toBe(0);
    expect(await engine.db.existsBy(Disk, { id: diskId, status: 'ok' })).toBe(true);
  });

  it('is detached and removed for good when that is wanted', async () => {
    const answer = await engine.ask('DELETE', `/vms/${vmId}/diskattachments/${diskId}?detach_only=false`);
    expect(answer.status).toBe(200);
    expect(await engine.db.existsBy(Disk, { id: diskId })).toBe(false);
  });

  it('is left alone while an operation has it', async () => {
    await engine.db.update(DiskAttachment, { diskId }, { status: 'locked' });
    const answers = [await change(vmId, diskId, ACTIVE), await engine.ask('DELETE', `/vms/${vmId}/diskattachments/${diskId}`)];
    answers.push(await engine.ask('DELETE', `/disks/${diskId}`));
    expect(answers.map(({ status }) => status)).toEqual([409, 409, 409]);
    expect(answers[0]!.text).toContain('Related operation is currently in progress.');
  });

  it('is not removed while its VM runs with it', async () => {
    await change(vmId, diskId, ACTIVE);
    await engine.db.update(Vm, { id: vmId }, { status: 'up' });
    const answer = await engine.ask('DELETE', `/disks/${diskId}`);
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('At least one of the VMs is not down.');
    expect((await change(vmId, diskId, '<interface>virtio_scsi</interface>')).status).toBe(409);
  });
});

describe('a new disk for a VM', () => {
  const body = (more: string): string => `<disk_attachment>${more}<interface>virtio</interface></disk_attachment>`;
  const inDomain = (): string => `<storage_domains><storage_domain id="${storageDomainId}"/></storage_domains>`;

  it('is made, attached and active when it is ok', async () => {
    const vmId = await vm('a');
    const wanted = `<disk><format>raw</format><provisioned_size>1</provisioned_size>${inDomain()}</disk>${ACTIVE}<bootable>true</bootable>`;
    const answer = await engine.ask('POST', `/vms/${vmId}/diskattachments`, body(wanted));
    expect(answer.status).toBe(202);
    expect(answer.text).toContain('<active>false</active>');
    const diskId = answer.id as DiskId;
    expect(await until(() => engine.db.findOneBy(Disk, { id: diskId, status: 'ok' }))).toMatchObject({ name: 'a_Disk1' });
    expect(await engine.db.findOneBy(DiskAttachment, { diskId, vmId })).toMatchObject({ plugged: true, bootable: true });
    expect((await engine.ask('DELETE', `/vms/${vmId}/diskattachments/${diskId}?detach_only=false`)).status).toBe(200);
    await until(async () => !(await engine.db.existsBy(Disk, { id: diskId })));
  });

  it('needs what a disk needs, and is not made for a VM that has a bootable disk already', async () => {
    const vmId = await vm('a');
    expect((await engine.ask('POST', `/vms/${vmId}/diskattachments`, body('<disk><format>raw</format></disk>'))).text).toContain(
      'disk.provisionedSize',
    );
    await attach(vmId, await disk('first'), '<bootable>true</bootable>');
    const wanted = `<disk><format>raw</format><provisioned_size>1</provisioned_size>${inDomain()}</disk><bootable>true</bootable>`;
    expect(await engine.ask('POST', `/vms/${vmId}/diskattachments`, body(wanted))).toMatchObject({ status: 409 });
    expect(await engine.db.count(Disk)).toBe(1);
  });
});

describe('plugging a disk into a VM whose host is away', () => {
  const client = new CinderClient({
    authenticationUrl: ACCOUNT.authentication_url,
    username: ACCOUNT.username,
    password: ACCOUNT.password,
    projectName: ACCOUNT.tenant_name,
  });

  afterAll(() => client.close());

  async function host(): Promise<string> {
    const id = randomUUID();
    const connector = { host: 'away', ip: '127.0.0.1', initiator: 'iqn.1994-05.org.clinker:away', multipath: false };
    const capabilities = JSON.stringify({ connector, memoryBytes: 1 });
    await engine.db.query(
      `INSERT INTO host (id, name, cluster_id, address, status, capabilities, agent_run_id, heartbeat_at)
       VALUES ($1, $2, $3, '127.0.0.1', 'up', $4, 'x', now())`,
      [id, `away-${id.slice(0, 8)}`, clusterId, capabilities],
    );
    return id;
  }

  it('keeps the volume attached until it is certain that no guest has it, and leaves nothing then', async () => {
    const { id: volume } = await client.createVolume({ name: 'clinker-away', sizeGiB: 1, metadata: {} });
    await until(async () => (await client.volume(volume)).status === 'available');
    const hostId = await host();
    const [vmId, diskId] = [await vm('a', 'up', { hostId }), await disk('web', { volumeId: volume as never })];
    const answer = attach(vmId, diskId, ACTIVE);
    await until(() => engine.db.findOneBy(Operation, { saga: 'plug-disk', status: 'undoing' }));
    expect(await client.attachments({ volumeId: volume, instanceId: vmId })).toHaveLength(1);
    expect(await engine.db.count(VolumeAttachment)).toBe(1);
    await engine.db.update(Vm, { id: vmId }, { status: 'down', hostId: null });
    expect(await answer).toMatchObject({ status: 500 });
    expect((await answer).text).toContain('Failed to hot-plug disk: ');
    expect(await client.attachments({ volumeId: volume })).toEqual([]);
    expect([await engine.db.count(VolumeAttachment), await engine.db.count(DiskAttachment)]).toEqual([0, 0]);
    expect(await engine.db.existsBy(Disk, { id: diskId, status: 'ok' })).toBe(true);
    await until(async () => (await client.volume(volume)).status === 'available');
    await client.deleteVolume(volume);
  });
});
