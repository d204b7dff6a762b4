import { HttpProxy } from '@clinker/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { Disk } from '../disks/disk.entity';
import { VmSnapshot } from '../snapshots/vm-snapshot.entity';
import { lab, providerXml } from '../storage-domains/testing/storage.fixture';
import { Template } from '../templates/template.entity';
import { VmPool } from '../vm-pools/vm-pool.entity';
import { Vm } from '../vms/vm.entity';
import { ENGINE_PARTS } from './engine.parts';
import { type Answer, RunningEngine } from './running-engine';

/** What a refused request must leave as it was. */
const TABLES = [
  'disk',
  'disk_attachment',
  'disk_snapshot',
  'disk_volume',
  'imported_snapshot',
  'nic',
  'permission',
  'template',
  'template_disk',
  'vm',
  'vm_pool',
  'vm_pool_disk',
  'vm_pool_user',
  'vm_snapshot',
  'volume_attachment',
];

const FOOTPRINT = TABLES.map(
  (table) => `SELECT '${table}' AS name, md5(string_agg(t::text, '|' ORDER BY t::text)) AS sum FROM ${table} t`,
).join(' UNION ALL ');

/** How long (ms) what is made in Cinder may take. */
const MADE_WITHIN_MS = 60_000;

/**
 * An engine with a VM `source` that is down and has the disk `root` and the snapshot `kept`, the template `golden` and the pool `desk-##` of
 * two VMs made of it, and a disk `spare` that nobody uses. All of it is real in Cinder, behind a proxy. No host is heard: no VM runs.
 */
export class FlowsFixture {
  readonly ids: Record<
    'dc' | 'domain' | 'root' | 'spare' | 'source' | 'kept' | 'golden' | 'goldenDisk' | 'pool' | 'member' | 'memberDisk',
    string
  > = {
    dc: '',
    domain: '',
    root: '',
    spare: '',
    source: '',
    kept: '',
    golden: '',
    goldenDisk: '',
    pool: '',
    member: '',
    memberDisk: '',
  };

  private constructor(
    readonly engine: RunningEngine,
    readonly cinder: HttpProxy,
  ) {}

  static async start(): Promise<FlowsFixture> {
    const cinder = await HttpProxy.start(new URL(lab('CINDER_URL')).origin);
    const fixture = new FlowsFixture(await RunningEngine.start(ENGINE_PARTS), cinder);
    await fixture.build();
    return fixture;
  }

  /** Resolves when it holds. @throws Error if that does not come about */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + MADE_WITHIN_MS;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error(`It has not come about: ${what}`);
      await pause(100);
    }
  }

  /** Everything that a refused request must not change, and how often Cinder was asked to change something. */
  async footprint(): Promise<unknown> {
    const rows = await this.engine.db.query<{ name: string; sum: string }[]>(FOOTPRINT);
    const [operations] = await this.engine.db.query<{ count: number }[]>('SELECT count(*)::int AS count FROM operation');
    const changes = ['POST', 'PUT', 'DELETE'].map((method) => this.cinder.count({ method }));
    return { rows, operations, changes };
  }

  /** Nothing is left in Cinder. */
  async close(): Promise<void> {
    const { db } = this.engine;
    this.cinder.reset();
    for (const { id } of await db.find(VmPool)) await this.ask('DELETE', `/vmpools/${id}`);
    await this.until('the pools are gone', async () => (await db.count(VmPool)) === 0);
    for (const { id } of await db.find(Vm)) await this.ask('DELETE', `/vms/${id}`);
    await this.until('the VMs are gone', async () => (await db.count(Vm)) === 0);
    await this.ask('DELETE', `/templates/${this.ids.golden}`);
    await this.until('the template is gone', async () => !(await db.existsBy(Template, { id: this.ids.golden })));
    for (const { id } of await db.find(Disk)) await this.ask('DELETE', `/disks/${id}`);
    await this.until('the disks are gone', async () => (await db.count(Disk)) === 0);
    await this.engine.close();
    await this.cinder.close();
  }

  private ask(method: 'POST' | 'DELETE', path: string, body?: string): Promise<Answer> {
    return this.engine.ask(method, path, body);
  }

  private async post(path: string, body: string): Promise<string> {
    const answer = await this.ask('POST', path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.id;
  }

  private async build(): Promise<void> {
    const { ids, engine } = this;
    const provider = providerXml({ name: 'ceph', url: `${this.cinder.url}/v3`, data_center: '<name>Default</name>' });
    await this.post('/openstackvolumeproviders', provider);
    const [domain] = await engine.db.query<{ id: string; dc: string }[]>('SELECT id, data_center_id AS dc FROM storage_domain');
    [ids.domain, ids.dc] = [domain?.id ?? '', domain?.dc ?? ''];
    const bare = '<cluster><name>Default</name></cluster><template><name>Blank</name></template>';
    [ids.root, ids.spare, ids.source] = await Promise.all([
      this.disk('root'),
      this.disk('spare'),
      this.post('/vms', `<vm><name>source</name>${bare}</vm>`),
    ]);
    await this.disksAreOk();
    const attachment = `<disk_attachment><bootable>true</bootable><active>true</active><interface>virtio</interface><disk id="${ids.root}"/></disk_attachment>`;
    await this.post(`/vms/${ids.source}/diskattachments`, attachment);
    await this.copies();
  }

  private async copies(): Promise<void> {
    const { ids, engine } = this;
    ids.kept = await this.post(`/vms/${ids.source}/snapshots`, '<snapshot><description>kept</description></snapshot>');
    await this.until('the snapshot is ok', () => engine.db.existsBy(VmSnapshot, { id: ids.kept, status: 'ok' }));
    ids.golden = await this.post('/templates', `<template><name>golden</name><vm id="${ids.source}"/></template>`);
    await this.until('the template is ok', () => engine.db.existsBy(Template, { id: ids.golden, status: 'ok' }));
    await this.disksAreOk();
    ids.goldenDisk = await this.oneId('SELECT disk_id AS id FROM template_disk');
    const pool = `<name>desk-##</name><size>2</size><max_user_vms>1</max_user_vms><cluster><name>Default</name></cluster><template id="${ids.golden}"/>`;
    ids.pool = await this.post('/vmpools', `<vm_pool>${pool}</vm_pool>`);
    await this.disksAreOk();
    ids.member = await this.oneId(`SELECT id FROM vm WHERE name = 'desk-01'`);
    ids.memberDisk = await this.oneId(`SELECT disk_id AS id FROM disk_attachment JOIN vm ON vm.id = vm_id WHERE name = 'desk-01'`);
    await this.until('all VMs are down', async () => (await engine.db.countBy(Vm, { status: 'down' })) === (await engine.db.count(Vm)));
  }

  private disk(name: string): Promise<string> {
    const domain = '<storage_domains><storage_domain><name>ceph</name></storage_domain></storage_domains>';
    return this.post(
      '/disks',
      `<disk><name>${name}</name><format>raw</format><provisioned_size>${2 ** 30}</provisioned_size>${domain}</disk>`,
    );
  }

  private async disksAreOk(): Promise<void> {
    const { db } = this.engine;
    await this.until('all disks are ok', async () => (await db.countBy(Disk, { status: 'ok' })) === (await db.count(Disk)));
  }

  private async oneId(query: string): Promise<string> {
    const [row] = await this.engine.db.query<{ id: string }[]>(query);
    return row?.id ?? '';
  }
}
