import { SearchSyntaxError } from '@clinker/ovirt-api';
import { type FreshDatabase, freshDatabase } from '@clinker/testing';
import fc from 'fast-check';
import { DataSource, type EntityManager } from 'typeorm';
import { UsersService } from '../accounts/users.service';
import { ClustersService } from '../clusters/clusters.service';
import { DataCentersService } from '../data-centers/data-centers.service';
import { dataSourceOptions, migrate } from '../database/data-source';
import { ensureFirstRows } from '../database/first-rows';
import { DisksService } from '../disks/disks.service';
import { InvalidInputError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { HostsService } from '../hosts/hosts.service';
import { JobsService } from '../jobs/jobs.service';
import { NetworksService } from '../networks/networks.service';
import { StorageDomainsService } from '../storage-domains/storage-domains.service';
import { TemplatesService } from '../templates/templates.service';
import { VmsService } from '../vms/vms.service';
import { VolumeProvidersService } from '../volume-providers/volume-providers.service';
import type { ListQuery } from './list-query';

type Named = { name?: string; description?: string };
type List = (query: ListQuery) => Promise<Named[]>;

/** A service that only lists: it never comes to what else it would need. */
const listing = (
  Service: abstract new (...parts: never[]) => { list(query: ListQuery): Promise<readonly unknown[]> },
  db: EntityManager,
): List => {
  const service = Reflect.construct(Service, [db]) as { list: List };
  return (query) => service.list(query);
};

let database: FreshDatabase;
let source: DataSource;
let lists: Record<string, List>;

/** Two data centers with a cluster each, three VMs, two storage domains, disks alpha, beta and Gamma; beta is alpha's size. */
const ROWS = [
  `INSERT INTO data_center (id, name) VALUES ('d0000000-0000-4000-8000-000000000001', 'East')`,
  `INSERT INTO cluster (id, name, data_center_id, cpu_architecture) VALUES ('c0000000-0000-4000-8000-000000000001', 'Racks', 'd0000000-0000-4000-8000-000000000001', 'x86_64')`,
  `INSERT INTO host (id, name, cluster_id, address, status, capabilities, agent_run_id, heartbeat_at)
     VALUES ('b0000000-0000-4000-8000-000000000001', 'host1', 'c0000000-0000-4000-8000-000000000001', '10.0.0.1', 'up', '{"memoryBytes": 4294967296, "cpu": {"sockets": 2, "cores": 4, "threads": 2}}', 'r', now())`,
  `UPDATE host SET memory_free_bytes = 1073741824`,
  `UPDATE cluster SET unapplied = '{"version": {"major": 4, "minor": 3}}' WHERE name = 'Racks'`,
  `INSERT INTO volume_provider (id, name, authentication_url, requires_authentication, username, password_sealed, tenant_name, user_domain_name, project_domain_name)
     SELECT ('e0000000-0000-4000-8000-00000000000' || n)::uuid, 'cinder' || n, 'http://x', true, 'u', 'p', 't', 'd', 'd' FROM generate_series(1, 2) n`,
  `INSERT INTO storage_domain (id, name, type, storage_type, provider_id, data_center_id, status) VALUES
     ('50000000-0000-4000-8000-000000000001', 'Fast', 'volume', 'cinder', 'e0000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000001', 'active'),
     ('50000000-0000-4000-8000-000000000002', 'slow_100%', 'volume', 'cinder', 'e0000000-0000-4000-8000-000000000002', NULL, 'unattached')`,
  `INSERT INTO disk (id, name, storage_domain_id, provisioned_size, status, creation_time, wipe_after_delete) VALUES
     ('a0000000-0000-4000-8000-000000000001', 'alpha', '50000000-0000-4000-8000-000000000001', 1073741824, 'ok', '2026-01-31 10:00Z', true),
     ('a0000000-0000-4000-8000-000000000002', 'beta', '50000000-0000-4000-8000-000000000001', 1073741824, 'locked', '2026-02-01 00:00Z', false),
     ('a0000000-0000-4000-8000-000000000003', 'Gamma', '50000000-0000-4000-8000-000000000002', 5368709120, 'ok', '2026-02-02 00:00Z', false)`,
  `INSERT INTO vm (id, name, cluster_id, template_id, status, type, memory, memory_guaranteed, memory_max, sockets, cores, threads, os_type, boot_devices, host_id)
     SELECT ('f0000000-0000-4000-8000-00000000000' || n)::uuid, 'vm' || n, 'c0000000-0000-4000-8000-000000000001', '00000000-0000-0000-0000-000000000000',
       CASE n WHEN 1 THEN 'powering_up' ELSE 'down' END, 'server', n * 1073741824::bigint, 1073741824, 8589934592, 1, n, 1, 'other', '{hd}',
       CASE n WHEN 1 THEN 'b0000000-0000-4000-8000-000000000001'::uuid END FROM generate_series(1, 3) n`,
  `INSERT INTO disk_attachment (disk_id, vm_id, interface, plugged, bootable) VALUES
     ('a0000000-0000-4000-8000-000000000001', 'f0000000-0000-4000-8000-000000000001', 'virtio', true, true),
     ('a0000000-0000-4000-8000-000000000001', 'f0000000-0000-4000-8000-000000000002', 'virtio', true, false),
     ('a0000000-0000-4000-8000-000000000002', 'f0000000-0000-4000-8000-000000000001', 'virtio', true, false)`,
  `INSERT INTO permission (id, role_id, account_id, object_type, object_id)
     SELECT gen_random_uuid(), (SELECT min(id::text)::uuid FROM role), id, 'vm', 'f0000000-0000-4000-8000-000000000001' FROM account`,
  `INSERT INTO nic (id, name, vm_id, interface, mac, mac_pool_id, vnic_profile_id, linked, plugged, status)
     SELECT gen_random_uuid(), 'eth9', 'f0000000-0000-4000-8000-000000000001', 'virtio', 1, (SELECT min(id::text)::uuid FROM mac_pool), id, true, true, 'ok' FROM vnic_profile LIMIT 1`,
  `INSERT INTO event (code, severity, time, description, correlation_id, vm_id, user_id) VALUES
     (1, 'normal', '2026-01-31 10:00Z', 'one', 'abc', 'f0000000-0000-4000-8000-000000000001', (SELECT id FROM account)),
     (2, 'warning', '2026-01-31 23:59Z', 'two', NULL, NULL, NULL),
     (3, 'alert', '2026-02-01 00:00Z', 'three', 'ABC-2', 'f0000000-0000-4000-8000-000000000002', NULL)`,
];

beforeAll(async () => {
  database = await freshDatabase();
  source = await new DataSource(dataSourceOptions(database.url)).initialize();
  await migrate(source);
  await ensureFirstRows(source.manager, 'not-a-secret');
  for (const statement of ROWS) await source.query(statement);
  const services = {
    disks: DisksService,
    vms: VmsService,
    hosts: HostsService,
    storagedomains: StorageDomainsService,
    datacenters: DataCentersService,
    clusters: ClustersService,
    templates: TemplatesService,
    networks: NetworksService,
    users: UsersService,
    events: EventsService,
    jobs: JobsService,
    providers: VolumeProvidersService,
  };
  lists = Object.fromEntries(Object.entries(services).map(([name, Service]) => [name, listing(Service, source.manager)]));
});

afterAll(async () => {
  await source?.destroy();
  await database?.drop();
});

const ask = (collection: string, search: string, more: Partial<ListQuery> = {}): Promise<Named[]> =>
  lists[collection]!({ search, max: undefined, caseSensitive: false, ...more });

/** The names of what was found, in order. */
async function names(collection: string, search: string, more: Partial<ListQuery> = {}): Promise<string> {
  const found = (await ask(collection, search, more)) as (Named & { host?: Named })[];
  return found.map(({ name, host, description }) => name ?? host?.name ?? description).join(' ');
}

describe('a search of disks', () => {
  it.each([
    ['', 'alpha beta Gamma'],
    ['name=ALPHA', 'alpha'],
    ['alias="gamma"', 'Gamma'],
    ['name=*a', 'alpha beta Gamma'],
    ['name=*am*', 'Gamma'],
    ['name=b*', 'beta'],
    ['name=g*', 'Gamma'],
    ['name=G*', 'Gamma'],
    ['name=a*b', ''],
    ['name!=b*', 'alpha Gamma'],
    ['name!=alpha', 'beta Gamma'],
    ['name>alpha', 'beta Gamma'],
    ['id=a0000000-0000-4000-8000-000000000002', 'beta'],
    ['id=A0000000*2', 'beta'],
    ['id=none', ''],
    ['status=locked or status = illegal', 'beta'],
    ['status!=ok', 'beta'],
    ['provisioned_size=1', 'alpha beta'],
    ['provisioned_size>=1025MB', 'Gamma'],
    ['size > 1.5GiB', 'Gamma'],
    ['creation_date=2026-01-31', 'alpha'],
    ['creation_date>2026-01-31', 'beta Gamma'],
    ['creation_date<="2026-02-01 00:00"', 'alpha beta'],
    ['wipe_after_delete=true', 'alpha'],
    ['bootable = no', 'beta Gamma'],
    ['disk_type=cinder', 'alpha beta Gamma'],
    ['disk_type=lun', ''],
    ['format=raw', 'alpha beta Gamma'],
    ['format=cow', ''],
    ['disk_type=managed_block_storage or disk_content_type=data', 'alpha beta Gamma'],
    ['number_of_vms=2', 'alpha'],
    ['vm_names="vm2"', 'alpha'],
    ['vm_names!=vm1', 'Gamma'],
    ['name="alpha" and Storage.name="Fast" and vm_names="vm1"', 'alpha'],
    ['storage=fast', 'alpha beta'],
    ['Storages.status=unattached', 'Gamma'],
    ['Storage.name="slow_100%"', 'Gamma'],
    ['Storage.name=slow?100%', ''],
    ['Datacenter.name=East', 'alpha beta'],
    ['datacenter!=East', 'Gamma'],
    ['Vms.status=poweringup', 'alpha beta'],
    ['alp', 'alpha'],
    ['(name=alpha or name=beta) and not_there', ''],
    ['sortby name desc', 'Gamma beta alpha'],
    ['sortby provisioned_size desc', 'Gamma beta alpha'],
    ['sortby Storage.name', 'alpha beta Gamma'],
    ['sortby disk_type', 'alpha beta Gamma'],
    ['sortby quota desc', 'beta alpha Gamma'],
    ['quota=Default', 'alpha beta'],
    ['page 2', ''],
  ])('%s', async (search, expected) => expect(await names('disks', search)).toBe(expected));

  it('comes in pages that neither overlap nor leave gaps', async () => {
    expect(await names('disks', 'sortby status page 1', { max: 2 })).toBe('beta alpha');
    expect(await names('disks', 'sortby status page 2', { max: 2 })).toBe('Gamma');
    expect(await names('disks', 'page 99', { max: 2 })).toBe('');
    expect(await names('disks', 'page 999999999', { max: 999_999_999_999_999 })).toBe('');
    expect(await names('disks', '', { max: 0 })).toBe('');
  });

  it('heeds cases if the client wants that', async () => {
    expect(await names('disks', 'name=gamma', { caseSensitive: true })).toBe('');
    expect(await names('disks', 'name=G*', { caseSensitive: true })).toBe('Gamma');
  });
});

describe('a search of others', () => {
  it.each([
    ['vms', 'status=up or status=PoweringUp', 'vm1'],
    ['vms', 'status=suspended', ''],
    ['vms', 'memory>=2048 and cpus<3', 'vm2'],
    ['vms', 'host=host1', 'vm1'],
    ['vms', 'Hosts.name=host*', 'vm1'],
    ['vms', 'on_host=host1', 'vm1'],
    ['vms', 'cluster="Racks" and datacenter=East', 'vm1 vm2 vm3'],
    ['vms', 'Template.name=Blank and pool!=x', 'vm1 vm2 vm3'],
    ['vms', 'Storage.name=Fast', 'vm1 vm2'],
    ['vms', 'Users.usrname=admin@internal', 'vm1'],
    ['vms', 'created_by_user_id=00000000-0000-4000-8000-000000000000', ''],
    ['vms', 'Vnic.name=nic1', ''],
    ['vms', 'Vnic.network_name=ovirtmgmt', 'vm1'],
    ['vms', 'Disks.alias=beta', 'vm1'],
    ['vms', 'Events.severity > normal', 'vm2'],
    ['vms', 'SORTBY NAME ASC page 1', 'vm1 vm2 vm3'],
    ['vms', 'cpu_usage>50 or mem_usage>50 or network_usage>50 or apps=qemu-ga* or loggedinuser=jane or domain=corp', ''],
    ['hosts', 'status="up" and active_vms=1 and memory=4096', 'host1'],
    ['hosts', 'Vms.name=vm1 and cluster=Racks', 'host1'],
    ['hosts', 'cpus=16 and type=rhel and mem_usage=75', 'host1'],
    ['hosts', 'cpus<16 or mem_usage<75 or type=ovirt_node', ''],
    ['hosts', 'Templates.name=Blank and Storage.name=Fast', 'host1'],
    ['hosts', 'Users.usrname=admin@internal', 'host1'],
    ['storagedomains', 'type=cinder and shared_status=active', 'Fast'],
    ['storagedomains', 'datacenter=East', 'Fast'],
    ['storagedomains', 'committed=2 and wipe_after_delete=false', 'Fast'],
    ['storagedomains', 'Disks.name=Gamma', 'slow_100%'],
    ['storagedomains', 'Hosts.name=host1 and Clusters.name=Racks', 'Fast'],
    ['datacenters', 'storage="fast"', 'East'],
    ['datacenters', 'Clusters.name=Racks', 'East'],
    ['datacenters', 'Clusters.name=*', 'Default East'],
    ['clusters', 'datacenter.name=East and architecture=x86_64', 'Racks'],
    ['clusters', 'Storage.name=Fast', 'Racks'],
    ['clusters', 'compatibility_level=4.3', 'Racks'],
    ['clusters', 'compatibility_level=4.6', 'Default'],
    ['clusters', 'Cluster_network.network_name=ovirtmgmt', 'Default'],
    ['networks', 'Cluster_network.cluster_name=Default', 'ovirtmgmt'],
    ['templates', 'name=Blank and datacenter=Default', 'Blank'],
    ['templates', 'name=Blank and datacenter=Anything', 'Blank'],
    ['templates', 'name=Blank and Cluster.name=Anything', 'Blank'],
    ['templates', 'Hosts.name=host1', 'Blank'],
    ['templates', 'os=other and mem=1024 and childcount=3', 'Blank'],
    ['templates', 'Storage.name=Fast or Vnic.network_name=ovirtmgmt or Users.name=nobody', ''],
    ['users', 'Vms.name=vm1 and Events.severity=normal', 'admin'],
    ['users', 'Hosts.name=host1 or Templates.name=Blank or tag=none', 'admin'],
    ['events', 'severity>=warning', 'three two'],
    ['events', 'correlation_id=abc', 'one'],
    ['events', 'correlation_id=abc*', 'three one'],
    ['events', 'event_vm=vm1 or _event_vm_id=f0000000-0000-4000-8000-000000000002', 'three one'],
    ['events', 'time = 2026-01-31 sortby time', 'one two'],
    ['events', 'message=t* and type=3', 'three'],
    ['events', 'usrname=admin@internal', 'one'],
    ['events', 'usrname="admin@internal-authz"', 'one'],
    ['events', 'Vms.name=vm1 and Users.usrname=admin', 'one'],
    ['events', 'Hosts.name=host1 or Templates.name=Blank or Clusters.name=Racks or Storage.name=Fast', ''],
    ['jobs', 'correlation_id=disk_create_xxxxx', ''],
    ['jobs', 'status=started', ''],
    ['providers', 'name=cinder1 and type=OPENSTACK_VOLUME', 'cinder1'],
  ])('%s: %s', async (collection, search, expected) => expect(await names(collection, search)).toBe(expected));

  it('skips the events up to one', async () => {
    const service = new EventsService(source.manager);
    const [newest] = await service.list({ search: '', max: 1, caseSensitive: false });
    expect(newest?.description).toBe('three');
    expect(await service.list({ search: '', max: undefined, caseSensitive: false }, Number(newest?.id))).toEqual([]);
  });
});

describe('a search that cannot be right', () => {
  it.each([
    ['disks', 'nothing=1', "There is no field 'nothing' to search by. The fields are id, name, "],
    ['disks', 'sortby nothing', 'There is no field'],
    ['disks', 'Storage.nothing=1', "There is no field 'storage.nothing'"],
    ['disks', 'constructor=1', 'There is no field'],
    ['disks', 'status=broken', "The field 'status' is compared with one of ok, locked, illegal, not with 'broken'."],
    ['disks', 'status>ok', 'by = and !=, not by >'],
    ['disks', 'provisioned_size=big', 'a size such as'],
    ['disks', 'number_of_vms=many', 'a number'],
    ['disks', 'creation_date=soon', 'a date such as'],
    ['disks', 'bootable=perhaps', 'true or false'],
    ['disks', 'name=\0', 'a character that no text can have'],
  ])('%s: %s', async (collection, search, message) => {
    const refused = Promise.resolve().then(() => ask(collection, search));
    await expect(refused).rejects.toThrow(InvalidInputError);
    await expect(refused).rejects.toThrow(message);
  });

  it('never becomes SQL that PostgreSQL refuses', async () => {
    const fields =
      'name id status size creation_date bootable vm_names storage Storage.name Datacenter.name host Hosts.status vms.name memory time severity correlation_id event_vm local x'.split(
        ' ',
      );
    const field = fc.constantFrom(...fields);
    const values = [
      'ok',
      'up',
      '1',
      '1.5GB',
      '2026-01-31',
      'today',
      '*',
      '"x y"',
      "'",
      "';--",
      '\\',
      '%',
      '_',
      '$1',
      ':search0',
      '?',
      'true',
      '""',
      '0'.repeat(18),
    ];
    const value = fc.oneof(
      fc.constantFrom(...values),
      fc.string({ unit: 'binary' }).map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`),
    );
    const comparison = fc.tuple(field, fc.constantFrom('=', '!=', '<', '>', '<=', '>='), value).map((parts) => parts.join(' '));
    const tail = fc.constantFrom('', ' sortby name', ' sortby id desc page 2', ' sortby Storage.name', ' sortby status desc', ' page 3');
    const made = fc
      .tuple(fc.array(fc.oneof(comparison, fc.constantFrom('(', ')', 'and', 'or', 'free')), { maxLength: 9 }), tail)
      .map(([parts, end]) => parts.join(' ') + end);
    const sound = fc
      .tuple(fc.array(comparison, { minLength: 1, maxLength: 4 }), fc.constantFrom(' and ', ' or '), tail)
      .map(([all, joint, end]) => all.join(joint) + end);
    const anything = fc.oneof(sound, made, fc.string({ unit: 'binary' }));
    const one = fc.tuple(fc.constantFrom(...Object.keys(lists)), anything, fc.option(fc.nat(1000), { nil: undefined }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(one, async ([collection, search, max, caseSensitive]) => {
        try {
          await ask(collection, search, { max, caseSensitive });
        } catch (error) {
          if (!(error instanceof SearchSyntaxError || error instanceof InvalidInputError)) throw error;
        }
      }),
      { numRuns: 800 },
    );
  }, 120_000);
});

it('answers the usual searches of large lists by an index, in its order', async () => {
  const session = source.createQueryRunner();
  const plan = async (sql: string, value: string): Promise<string> => JSON.stringify(await session.query(`EXPLAIN ${sql}`, [value]));
  const name = 'lower(disk.name) COLLATE "C"';
  await session.query('SET enable_seqscan = off');
  await session.query('SET enable_bitmapscan = off');
  expect(await plan(`SELECT * FROM disk WHERE ${name} = lower($1::text)`, 'x')).toContain('Index Scan using disk_name_search');
  const page = await plan(`SELECT * FROM disk WHERE ${name} LIKE lower($1::text) ORDER BY ${name}, disk.id LIMIT 100`, 'x%');
  expect(page).toContain('Index Scan using disk_name_search');
  expect(page).not.toContain('Sort');
  await session.query('RESET ALL');
  await session.release();
});
