import { randomUUID } from 'node:crypto';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { FlowsFixture } from '../testing/flows.fixture';
import { Vm, type VmStatus } from '../vms/vm.entity';
import { VolumeLimitsService } from './volume-limits.service';

jest.setTimeout(180_000);

/** What a row has beside the ids of the fixture. */
const WORDS: Readonly<Record<string, string>> = {
  nowhere: randomUUID(),
  type: '<openstack_volume_type><name>ceph-multiattach</name></openstack_volume_type>',
  here: '<storage_domain><name>ceph</name></storage_domain>',
  cluster: '<cluster><name>Default</name></cluster>',
  blank: '<template><name>Blank</name></template>',
};

/** A request that is refused: what it is about, method and path, body, status, and what the fault says. */
interface Refused {
  readonly what: string;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body: string;
  readonly status: number;
  readonly text: string;
}

/** One row a line. */
function read(table: string): Refused[] {
  return table
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [what = '', request = '', body = '', status = '', text = ''] = line.split('|||').map((cell) => cell.trim());
      const [method, path = ''] = request.split(' ');
      return { what, method: method as Refused['method'], path, body, status: Number(status), text };
    });
}

const DISKS = `
a smaller size of a disk that is not there ||| PUT /disks/{nowhere} ||| <disk><provisioned_size>1</provisioned_size></disk> ||| 404 ||| Disk with id
another type of a disk ||| PUT /disks/{spare} ||| <disk>{type}</disk> ||| 400 ||| volume type of a disk cannot be changed
incremental backup of a disk ||| PUT /disks/{spare} ||| <disk><backup>incremental</backup></disk> ||| 400 ||| incompatible with the storage domain type
a shareable disk of a type for one VM ||| PUT /disks/{root} ||| <disk><shareable>true</shareable></disk> ||| 409 ||| A shareable disk needs a volume type with multiattach
a change of a template’s disk ||| PUT /disks/{goldenDisk} ||| <disk><name>x</name></disk> ||| 409 ||| belongs to a Template
the removal of a template’s disk ||| DELETE /disks/{goldenDisk} ||| ||| 409 ||| belongs to a Template
a template’s disk given back to Cinder ||| DELETE /storagedomains/{domain}/disks/{goldenDisk};unregister ||| ||| 409 ||| belongs to a Template
an attached disk given back to Cinder ||| DELETE /storagedomains/{domain}/disks/{root};unregister ||| ||| 409 ||| attached to a VM
a disk of another domain ||| DELETE /storagedomains/{nowhere}/disks/{root} ||| ||| 404 ||| Disk with id
a template’s disk for a VM ||| POST /vms/{source}/diskattachments ||| <disk_attachment><interface>virtio</interface><disk id="{goldenDisk}"/></disk_attachment> ||| 409 ||| belongs to a Template
a disk that the VM has ||| POST /vms/{source}/diskattachments ||| <disk_attachment><interface>virtio</interface><disk id="{root}"/></disk_attachment> ||| 409 ||| already attached to VM(s): source
a disk that another VM has ||| POST /vms/{member}/diskattachments ||| <disk_attachment><interface>virtio</interface><disk id="{root}"/></disk_attachment> ||| 409 ||| is not shareable
a second disk to boot from ||| POST /vms/{source}/diskattachments ||| <disk_attachment><interface>virtio</interface><bootable>true</bootable><disk id="{spare}"/></disk_attachment> ||| 409 ||| already has a bootable disk
a disk that is not there ||| POST /vms/{source}/diskattachments ||| <disk_attachment><interface>virtio</interface><disk id="{nowhere}"/></disk_attachment> ||| 404 ||| Disk with id
a disk detached with snapshots ||| DELETE /vms/{source}/diskattachments/{root} ||| ||| 409 ||| contains snapshots
a disk detached that the VM has not ||| DELETE /vms/{source}/diskattachments/{spare} ||| ||| 404 ||| Disk attachment with id
a move of a template’s disk ||| POST /disks/{goldenDisk}/move ||| <action>{here}<disk>{type}</disk></action> ||| 409 ||| belongs to a Template
a move of a disk that is made anew ||| POST /disks/{memberDisk}/move ||| <action>{here}<disk>{type}</disk></action> ||| 409 ||| VM desk-01 is stateless
a copy that no host can make ||| POST /disks/{spare}/copy ||| <action>{here}</action> ||| 409 ||| No host can copy the data
a copy with a name that is none ||| POST /disks/{spare}/copy ||| <action>{here}<disk><name>a b</name></disk></action> ||| 400 ||| can only include
a volume twice ||| POST /storagedomains/{domain}/disks;unregistered ||| <disk id="{spare}"/> ||| 409 ||| Cinder disk is already registered (spare)
a quota that is not there ||| PUT /disks/{spare} ||| <disk><quota id="{nowhere}"/></disk> ||| 404 ||| Quota with id
`;

const SNAPSHOTS = `
a snapshot of a stateless VM ||| POST /vms/{member}/snapshots ||| <snapshot><description>x</description></snapshot> ||| 409 ||| is stateless
a restore of a snapshot that is not there ||| POST /vms/{source}/snapshots/{nowhere}/restore ||| <action></action> ||| 404 ||| Snapshot with id
a restore of another VM’s snapshot ||| POST /vms/{member}/snapshots/{kept}/restore ||| <action></action> ||| 404 ||| Snapshot with id
a restore of the active one ||| POST /vms/{source}/snapshots/{source}/restore ||| <action></action> ||| 409 ||| active VM
a preview of a disk in a snapshot that is not there ||| POST /vms/{source}/previewsnapshot ||| <action><snapshot id="{kept}"/><disks><disk id="{root}"><snapshot id="{nowhere}"/></disk></disks></action> ||| 409 ||| is not part of the snapshot
the removal of another VM’s snapshot ||| DELETE /vms/{member}/snapshots/{kept} ||| ||| 404 ||| Snapshot with id
`;

const TEMPLATES = `
a template without a VM ||| POST /templates ||| <template><name>x</name></template> ||| 400 ||| Template [vm.id|name] required for add
a template of no VM ||| POST /templates ||| <template><name>x</name><vm id="{nowhere}"/></template> ||| 404 ||| VM with id
a template whose name is taken ||| POST /templates ||| <template><name>golden</name><vm id="{source}"/></template> ||| 409 ||| name is already in use
a template with a name that is none ||| POST /templates ||| <template><name>a b</name><vm id="{source}"/></template> ||| 400 ||| can only include
a template in no cluster ||| POST /templates ||| <template><name>x</name><cluster id="{nowhere}"/><vm id="{source}"/></template> ||| 404 ||| Cluster with id
a template with a disk that is not the VM’s ||| POST /templates ||| <template><name>x</name><vm id="{source}"><disk_attachments><disk_attachment><disk id="{spare}"/></disk_attachment></disk_attachments></vm></template> ||| 409 ||| has no disk
a version of Blank ||| POST /templates ||| <template><name>x</name><version><base_template><name>Blank</name></base_template></version><vm id="{source}"/></template> ||| 409 ||| Blank template has no versions
a version of no template ||| POST /templates ||| <template><name>x</name><version><base_template id="{nowhere}"/></version><vm id="{source}"/></template> ||| 404 ||| Template with id
the removal of a template that is used ||| DELETE /templates/{golden} ||| ||| 409 ||| is being used by the following VMs and VM-Pools: desk-##, desk-01, desk-02
the removal of no template ||| DELETE /templates/{nowhere} ||| ||| 404 ||| Template with id
`;

const VMS = `
a clone whose name is taken ||| POST /vms/{source}/clone ||| <action><vm><name>desk-01</name></vm></action> ||| 409 ||| name is already in use
a clone without a name ||| POST /vms/{source}/clone ||| <action></action> ||| 400 ||| vm
a clone of no VM ||| POST /vms/{nowhere}/clone ||| <action><vm><name>x</name></vm></action> ||| 404 ||| VM with id
a VM from no template ||| POST /vms ||| <vm>{cluster}<name>x</name><template id="{nowhere}"/></vm> ||| 404 ||| Template with id
a VM from no snapshot ||| POST /vms ||| <vm>{cluster}<name>x</name>{blank}<snapshots><snapshot id="{nowhere}"/></snapshots></vm> ||| 404 ||| Snapshot with id
a VM from a template with a name that is taken ||| POST /vms ||| <vm>{cluster}<name>source</name><template id="{golden}"/></vm> ||| 409 ||| name is already in use
the removal of a VM of a pool ||| DELETE /vms/{member} ||| ||| 409 ||| belongs to a VM-Pool
the removal of a VM alone whose disks have snapshots ||| DELETE /vms/{source}?detach_only=true ||| ||| 409 ||| have snapshots
a VM taken out of the pool that it is not in ||| POST /vms/{source}/detach ||| <action></action> ||| 409 ||| VM is not attached to the VM-Pool
a VM taken out of a pool that is not there ||| POST /vms/{nowhere}/detach ||| <action></action> ||| 404 ||| VM with id
`;

const POOLS = `
a pool without VMs ||| POST /vmpools ||| <vm_pool>{cluster}<template><name>golden</name></template><name>x</name><size>0</size></vm_pool> ||| 409 ||| Cannot create Pool with 0 VMs
a pool of too many VMs ||| POST /vmpools ||| <vm_pool>{cluster}<template><name>golden</name></template><name>x</name><size>1001</size></vm_pool> ||| 400 ||| size
a pool with more VMs that run than it has ||| POST /vmpools ||| <vm_pool>{cluster}<template><name>golden</name></template><name>x</name><size>2</size><prestarted_vms>3</prestarted_vms></vm_pool> ||| 409 ||| Number of Prestarted VMs cannot exceed
a pool that gives nobody a VM ||| POST /vmpools ||| <vm_pool>{cluster}<template><name>golden</name></template><name>x</name><max_user_vms>0</max_user_vms></vm_pool> ||| 400 ||| maxUserVms
a pool whose name is taken ||| POST /vmpools ||| <vm_pool>{cluster}<template><name>golden</name></template><name>desk-##</name></vm_pool> ||| 409 ||| name is already in use
a pool with two masks in its name ||| POST /vmpools ||| <vm_pool>{cluster}<template><name>golden</name></template><name>a#b#</name></vm_pool> ||| 400 ||| can only include
a pool of Blank ||| POST /vmpools ||| <vm_pool>{cluster}{blank}<name>x</name></vm_pool> ||| 409 ||| Blank
a pool of no template ||| POST /vmpools ||| <vm_pool>{cluster}<template id="{nowhere}"/><name>x</name></vm_pool> ||| 404 ||| Template with id
a pool in no cluster ||| POST /vmpools ||| <vm_pool><name>x</name><cluster id="{nowhere}"/><template id="{golden}"/></vm_pool> ||| 404 ||| Cluster with id
a pool of a type that is none ||| POST /vmpools ||| <vm_pool>{cluster}<template><name>golden</name></template><name>x</name><type>magic</type></vm_pool> ||| 400 ||| is not a member of VmPoolType
another type of a pool ||| PUT /vmpools/{pool} ||| <vm_pool><type>manual</type></vm_pool> ||| 409 ||| The type of a VM-Pool cannot be changed
a pool that becomes stateful ||| PUT /vmpools/{pool} ||| <vm_pool><stateful>true</stateful></vm_pool> ||| 409 ||| cannot be changed
another template of a pool ||| PUT /vmpools/{pool} ||| <vm_pool>{blank}</vm_pool> ||| 409 ||| The Template of a VM-Pool cannot be changed
more VMs that run than the pool has ||| PUT /vmpools/{pool} ||| <vm_pool><prestarted_vms>3</prestarted_vms></vm_pool> ||| 409 ||| Number of Prestarted VMs cannot exceed
a negative size of a pool ||| PUT /vmpools/{pool} ||| <vm_pool><size>-1</size></vm_pool> ||| 400 ||| size
a change of no pool ||| PUT /vmpools/{nowhere} ||| <vm_pool><size>3</size></vm_pool> ||| 404 ||| VM-Pool with id
a VM of no pool ||| POST /vmpools/{nowhere}/allocatevm ||| <action></action> ||| 404 ||| VM-Pool with id
a VM that no host can run ||| POST /vmpools/{pool}/allocatevm ||| <action></action> ||| 409 ||| There is no host that satisfies
the removal of no pool ||| DELETE /vmpools/{nowhere} ||| ||| 404 ||| VM-Pool with id
`;

let flows: FlowsFixture;

beforeAll(async () => {
  flows = await FlowsFixture.start();
});
afterEach(() => flows.cinder.reset());
afterAll(() => flows?.close());

const filled = (text: string): string => text.replace(/\{(\w+)\}/g, (_whole, name: string) => ({ ...WORDS, ...flows.ids })[name] ?? '');

async function refuses({ method, path, body, status, text }: Refused): Promise<void> {
  const before = await flows.footprint();
  const answer = await flows.engine.ask(method, filled(path), body === '' ? undefined : filled(body));
  expect({ status: answer.status, text: answer.text }).toEqual({ status, text: expect.stringContaining(filled(text)) as string });
  expect(answer.text).toContain('<fault>');
  expect(await flows.footprint()).toEqual(before);
}

/** Does something while a VM is in a status; no host is needed to refuse. */
async function withVm(id: string, status: VmStatus, work: () => Promise<void>): Promise<void> {
  await flows.engine.db.update(Vm, { id }, { status });
  try {
    await work();
  } finally {
    await flows.engine.db.update(Vm, { id }, { status: 'down' });
  }
}

const providerId = async (): Promise<string> => (await flows.engine.db.findOneByOrFail(StorageDomain, { id: flows.ids.domain })).providerId;

describe('refused, and nothing changes:', () => {
  it.each(read(DISKS + SNAPSHOTS + TEMPLATES + VMS + POOLS))('$what', refuses);

  const RUNNING = `
the removal of its disk ||| DELETE /disks/{root} ||| ||| 409 ||| At least one of the VMs is not down
the removal of the VM ||| DELETE /vms/{source} ||| ||| 409 ||| VM is running
a copy of its disk ||| POST /disks/{root}/copy ||| <action>{here}</action> ||| 409 ||| plugged to a running VM: source
a preview ||| POST /vms/{source}/previewsnapshot ||| <action><snapshot id="{kept}"/></action> ||| 409 ||| not down
`;
  const LOCKED = `
a clone ||| POST /vms/{source}/clone ||| <action><vm><name>x</name></vm></action> ||| 409 ||| Cannot clone VM. VM is locked
a template ||| POST /templates ||| <template><name>x</name><vm id="{source}"/></template> ||| 409 ||| Cannot add Template. VM is locked
a snapshot ||| POST /vms/{source}/snapshots ||| <snapshot><description>x</description></snapshot> ||| 409 ||| VM is locked
the removal of a snapshot ||| DELETE /vms/{source}/snapshots/{kept} ||| ||| 409 ||| VM is locked
`;
  it.each(read(RUNNING))('with a VM that is up, $what', (row) => withVm(flows.ids.source, 'up', () => refuses(row)));
  it.each(read(LOCKED))('with a VM that is locked, $what', (row) => withVm(flows.ids.source, 'image_locked', () => refuses(row)));

  const POOL_RUNS = `
taking it out ||| POST /vms/{member}/detach ||| <action/> ||| 409 ||| Cannot detach VM from VM-Pool. VM is running.
a pool that is to have none ||| PUT /vmpools/{pool} ||| <vm_pool><size>0</size></vm_pool> ||| 409 ||| Only 1 of its VMs are down and nobody's
`;
  const REMOVAL = 'the removal ||| DELETE /vmpools/{pool} ||| ||| 409 ||| At least one of the VMs is not down. (desk-01 (powering_up))';

  it.each(read(POOL_RUNS))('with a VM of a pool that is up, $what', (row) => withVm(flows.ids.member, 'up', () => refuses(row)));
  it.each(read(REMOVAL))('with a VM of a pool that is being started, $what', (row) =>
    withVm(flows.ids.member, 'powering_up', () => refuses(row)),
  );

  it('the removal of a protected VM, and of a protected template', async () => {
    const rows = `
 ||| DELETE /vms/{source} ||| ||| 409 ||| Delete protection is enabled
 ||| DELETE /templates/{golden} ||| ||| 409 ||| Delete protection is enabled`;
    const protect = async (is: boolean) => {
      await flows.engine.ask('PUT', `/vms/${flows.ids.source}`, `<vm><delete_protected>${is}</delete_protected></vm>`);
      await flows.engine.ask('PUT', `/templates/${flows.ids.golden}`, `<template><delete_protected>${is}</delete_protected></template>`);
    };
    await protect(true);
    for (const row of read(rows)) await refuses(row);
    await protect(false);
  });

  const INACTIVE = `
a copy ||| POST /disks/{spare}/copy ||| <action>{here}</action> ||| 409 ||| Storage Domain's status is
a move ||| POST /disks/{spare}/move ||| <action>{here}<disk>{type}</disk></action> ||| 409 ||| Storage Domain's status is
a clone ||| POST /vms/{source}/clone ||| <action><vm><name>x</name></vm></action> ||| 409 ||| Storage Domain's status is
a snapshot ||| POST /vms/{source}/snapshots ||| <snapshot><description>x</description></snapshot> ||| 409 ||| Storage Domain's status is
a preview ||| POST /vms/{source}/previewsnapshot ||| <action><snapshot id="{kept}"/></action> ||| 409 ||| Storage Domain's status is
the removal of a snapshot ||| DELETE /vms/{source}/snapshots/{kept} ||| ||| 409 ||| Storage Domain's status is
a template ||| POST /templates ||| <template><name>x</name><vm id="{source}"/></template> ||| 409 ||| Storage Domain's status is
a VM from a template ||| POST /vms ||| <vm>{cluster}<name>x</name><template id="{golden}"/></vm> ||| 409 ||| Storage Domain's status is
a larger pool ||| PUT /vmpools/{pool} ||| <vm_pool><size>3</size></vm_pool> ||| 409 ||| Storage Domain's status is
the removal of a disk ||| DELETE /disks/{spare} ||| ||| 409 ||| Storage Domain's status is
`;
  it.each(read(INACTIVE))('in a domain that is not active, without a question to its Cinder, $what', async (row) => {
    const { id } = { id: flows.ids.domain };
    await flows.engine.db.update(StorageDomain, { id }, { status: 'maintenance' });
    flows.cinder.disturb({ kind: 'drop' });
    try {
      await refuses(row);
    } finally {
      await flows.engine.db.update(StorageDomain, { id }, { status: 'active' });
    }
  });

  /** A move that nobody wakes. */
  const MOVE = `INSERT INTO operation (id, saga, description, status, step, state, correlation_id, wake_at)
    SELECT gen_random_uuid(), 'move-disk', 'a move', 'running', 'copy the data', jsonb_build_object('targetDomainId', id), 'c', now() + interval '1 hour'
    FROM storage_domain`;
  const ENDS = `
 ||| POST /datacenters/{dc}/storagedomains/{domain}/deactivate ||| <action/> ||| 409 ||| while there are running tasks
 ||| DELETE /openstackvolumeproviders/{provider}?force=true ||| ||| 409 ||| while there are running tasks`;

  it.each([
    ['a snapshot in it is removed', `UPDATE disk_snapshot SET status = 'locked'`, `UPDATE disk_snapshot SET status = 'ok'`],
    ['a template in it is removed', `UPDATE template SET status = 'locked' WHERE name = 'golden'`, `UPDATE template SET status = 'ok'`],
    ['a disk of another one is moved into it', MOVE, `DELETE FROM operation WHERE description = 'a move'`],
  ])('the end of a domain, also by force, while %s', async (_what, begin, end) => {
    const provider = await providerId();
    await flows.engine.db.query(begin);
    try {
      for (const row of read(ENDS)) await refuses({ ...row, path: row.path.replace('{provider}', provider) });
    } finally {
      await flows.engine.db.query(end);
    }
  });

  const BEYOND = `
volumes: a VM from a template ||| POST /vms ||| <vm>{cluster}<name>x</name><template id="{golden}"/></vm> ||| 413 ||| 3 of 3 volumes are used, and 1 more are wanted
volumes: a VM from a snapshot ||| POST /vms ||| <vm>{cluster}<name>x</name>{blank}<snapshots><snapshot id="{kept}"/></snapshots></vm> ||| 413 ||| 1 more are wanted
gigabytes: a clone ||| POST /vms/{source}/clone ||| <action><vm><name>x</name></vm></action> ||| 413 ||| Cannot clone VM. The quota of the Cinder project is exceeded
volumes: a template ||| POST /templates ||| <template><name>x</name><vm id="{source}"/></template> ||| 413 ||| Cannot add Template
snapshots: a template ||| POST /templates ||| <template><name>x</name><vm id="{source}"/></template> ||| 413 ||| 3 of 3 snapshots are used
snapshots: a snapshot ||| POST /vms/{source}/snapshots ||| <snapshot><description>x</description></snapshot> ||| 413 ||| Cannot create Snapshot
volumes: a preview ||| POST /vms/{source}/previewsnapshot ||| <action><snapshot id="{kept}"/></action> ||| 413 ||| Cannot preview Snapshot
volumes: a pool ||| POST /vmpools ||| <vm_pool>{cluster}<template id="{golden}"/><name>x</name><size>5</size></vm_pool> ||| 413 ||| and 5 more are wanted
volumes: a larger pool ||| PUT /vmpools/{pool} ||| <vm_pool><size>4</size></vm_pool> ||| 413 ||| and 2 more are wanted
`;
  it.each(read(BEYOND))('beyond the quota of the Cinder project, $what', async (row) => {
    const free = { limit: -1, in_use: 0, reserved: 0 };
    const [limit = ''] = row.what.split(':');
    const quotas = { id: 'x', volumes: free, gigabytes: free, snapshots: free, [limit]: { limit: 3, in_use: 3, reserved: 0 } };
    flows.engine.get<VolumeLimitsService>(VolumeLimitsService).forget(await providerId());
    flows.cinder.disturb({ kind: 'answer', status: 200, body: { quota_set: quotas } }, { method: 'GET', path: /os-quota-sets/ });
    await refuses(row);
  });
});
