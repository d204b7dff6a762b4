import { randomUUID } from 'node:crypto';
import { Installation, PROVIDER } from '../installation';
import { until } from '../lab';
import { FAMILIES, SdkClient, type SdkAnswer, has, itemsIn, textAt } from './sdk.client';

jest.setTimeout(120_000);

const BLANK = '00000000-0000-0000-0000-000000000000';

/** Fails with all that an answer lacks, as the Go clients fail (or panic) with the first. */
const needs = ({ body }: Pick<SdkAnswer, 'body'>, ...paths: string[]) => expect(paths.filter((path) => !has(body, path))).toEqual([]);

const VM = ['name', 'memory', 'memory_policy.max', 'cpu.topology.cores', 'cpu.topology.sockets', 'cpu.topology.threads'];
const VM_REST = [
  'os.boot.devices.device',
  'os.type',
  'status',
  'cluster.id',
  'template.id',
  'delete_protected',
  'type',
  'comment',
  'description',
];
const DISK = ['id', 'name', 'alias', 'provisioned_size', 'total_size', 'format', 'sparse', 'status', 'storage_domains.storage_domain.id'];
const ATTACHMENT = ['id', 'disk.id', 'vm.id', 'interface', 'active', 'bootable', 'read_only', 'uses_scsi_reservation'];
const SNAPSHOT = ['id', 'description', 'date', 'snapshot_status', 'snapshot_type', 'persist_memorystate'];

describe('the Terraform providers', () => {
  const user = new Installation();
  const sdk = new SdkClient(FAMILIES.go);
  const name = (kind: string) => `e2e-${kind}-${randomUUID().slice(0, 8)}`;
  let domainId: string;
  let clusterId: string;

  beforeAll(async () => {
    ({ domainId } = await user.ensureStorage());
    await sdk.logIn();
    clusterId = textAt(itemsIn((await sdk.get('/clusters')).body, 'cluster')[0]!, 'id');
  });
  afterAll(async () => {
    await user.cleanUp();
    await Promise.all([user.api.close(), sdk.close()]);
  });

  const diskXml = (id: string, alias: string) =>
    `<disk${id}><alias>${alias}</alias><format>raw</format><name>${alias}</name><provisioned_size>1073741824</provisioned_size>` +
    `<sparse>true</sparse><storage_domains><storage_domain id="${domainId}"/></storage_domains></disk>`;

  it('plan, apply and destroy, version 0: a disk, a VM, a snapshot', async () => {
    const domains = itemsIn((await sdk.get('/storagedomains')).body, 'storage_domain');
    const domain = domains.find((one) => textAt(one, 'name') === PROVIDER)!;
    needs({ body: domain }, 'id', 'name', 'type', 'storage.type', 'external_status');
    const alias = name('tf0');
    const diskId = textAt((await sdk.add('/disks', diskXml('', alias))).body, 'id');
    user.created.disks.push(diskId);
    needs(await sdk.untilStatus(`/disks/${diskId}`, 'ok'), ...DISK);
    expect((await sdk.get(`/templates/${BLANK}/diskattachments`)).element).toBe('disk_attachments');
    needs(await sdk.get(''), 'product_info.version.major', 'product_info.version.minor', 'product_info.version.revision');

    const vmXml =
      `<vm><cpu><topology><cores>1</cores><sockets>1</sockets><threads>1</threads></topology></cpu><memory>67108864</memory><name>${name('tf0')}</name>` +
      `<os><boot><devices><device>hd</device></devices></boot><type>other_linux</type></os><cluster id="${clusterId}"/><template id="${BLANK}"/></vm>`;
    const vmId = textAt((await sdk.add('/vms?clone=false', vmXml)).body, 'id');
    user.created.vms.push(vmId);
    needs(await sdk.untilStatus(`/vms/${vmId}`, 'down'), ...VM, ...VM_REST);
    const flags = '<active>true</active><bootable>true</bootable><interface>virtio</interface><pass_discard>false</pass_discard>';
    const attachment = `<disk_attachment>${flags}<read_only>false</read_only>${diskXml(` id="${diskId}"`, alias)}</disk_attachment>`;
    needs(await sdk.add(`/vms/${vmId}/diskattachments`, attachment), ...ATTACHMENT);
    await sdk.act(`/vms/${vmId}/start`, '<action><use_initialization>true</use_initialization></action>');
    const { body: running } = await sdk.untilStatus(`/vms/${vmId}`, 'up');
    needs({ body: running }, ...VM, ...VM_REST, 'host.id');
    for (const segment of ['diskattachments', 'nics']) await sdk.get(`/vms/${vmId}/${segment}`);
    for (const member of ['cluster', 'template']) await sdk.get(textAt(running, `${member}.href`).replace('/ovirt-engine/api', ''));

    const snapshots = `/vms/${vmId}/snapshots`;
    const added = await sdk.add(
      snapshots,
      '<snapshot><description>tf</description><persist_memorystate>false</persist_memorystate></snapshot>',
    );
    const path = `${snapshots}/${textAt(added.body, 'id')}`;
    const isOk = ({ body }: SdkAnswer) => textAt(body, 'snapshot_status') === 'ok';
    needs(await until(`${path} ok`, () => sdk.get(path), isOk), ...SNAPSHOT);

    await sdk.untilGone(path);
    await sdk.act(`/vms/${vmId}/stop`);
    await sdk.untilStatus(`/vms/${vmId}`, 'down');
    await sdk.untilGone(`/vms/${vmId}`, '?detach_only=true');
    await sdk.untilGone(`/disks/${diskId}`);
  });

  /** go-ovirt-client waits for jobs by the correlation id that it has sent. */
  const jobsEnd = (correlationId: string) =>
    until(
      `jobs of ${correlationId} ended`,
      async () =>
        itemsIn((await sdk.get(`/jobs?search=correlation_id%3D${correlationId}`)).body, 'job').map((job) => textAt(job, 'status')),
      (statuses) => !statuses.includes('started'),
    );

  it('plan, apply and destroy, version 2: by go-ovirt-client, with jobs', async () => {
    needs(await sdk.get(''), 'product_info.version.major');
    const templates = itemsIn((await sdk.get('/templates')).body, 'template');
    const blank = templates.find((one) => textAt(one, 'name') === 'Blank')!;
    needs({ body: blank }, 'id', 'name', 'status', 'cpu.topology.cores', 'cpu.topology.sockets', 'cpu.topology.threads');
    for (const path of [`/clusters/${clusterId}`, `/storagedomains/${domainId}`, `/templates/${BLANK}`]) await sdk.get(path);

    const alias = name('tf2');
    const [creation, change] = [`disk_create_${randomUUID().slice(0, 5)}`, `disk_update_${randomUUID().slice(0, 5)}`];
    const disk = await sdk.add(`/disks?correlation_id=${creation}`, diskXml('', alias));
    expect(disk.headers['correlation-id']).toBe(creation);
    const diskId = textAt(disk.body, 'id');
    user.created.disks.push(diskId);
    await jobsEnd(creation);
    needs(await sdk.untilStatus(`/disks/${diskId}`, 'ok'), ...DISK);

    const vmXml =
      `<vm><comment></comment><cpu/><disk_attachments/><memory>67108864</memory><name>${name('tf2')}</name><cluster id="${clusterId}"/>` +
      `<template id="${BLANK}"/></vm>`;
    const vm = await sdk.add('/vms', vmXml);
    needs(vm, ...VM, ...VM_REST);
    const vmId = textAt(vm.body, 'id');
    user.created.vms.push(vmId);
    const attachment =
      `<disk_attachment><active>true</active><bootable>true</bootable><interface>virtio_scsi</interface><disk id="${diskId}"/>` +
      `<vm id="${vmId}"/></disk_attachment>`;
    needs(await sdk.add(`/vms/${vmId}/diskattachments`, attachment), ...ATTACHMENT);
    const nics = `/vms/${vmId}/nics`;
    const profileId = textAt(itemsIn((await sdk.get('/vnicprofiles')).body, 'vnic_profile')[0]!, 'id');
    const nic = await sdk.add(nics, `<nic><name>nic1</name><vnic_profile id="${profileId}"/></nic>`);
    needs(nic, 'id', 'name', 'mac.address', 'vm.id', 'vnic_profile.id');
    await sdk.remove(`${nics}/${textAt(nic.body, 'id')}`);

    await sdk.act(`/vms/${vmId}/start`);
    await sdk.untilStatus(`/vms/${vmId}`, 'up');
    needs(await sdk.get(`/hosts/${textAt((await sdk.get(`/vms/${vmId}`)).body, 'host.id')}`), 'id', 'status', 'cluster.id');
    await sdk.act(`/vms/${vmId}/stop`, '<action><force>false</force></action>');
    await sdk.untilStatus(`/vms/${vmId}`, 'down');
    await sdk.update(`/disks/${diskId}?correlation_id=${change}`, `<disk><alias>${alias}-2</alias></disk>`);
    await jobsEnd(change);
    const renamed = await sdk.untilStatus(`/disks/${diskId}`, 'ok');
    expect(textAt(renamed.body, 'alias')).toBe(`${alias}-2`);
    await sdk.untilGone(`/vms/${vmId}/diskattachments/${diskId}`);
    await sdk.untilGone(`/vms/${vmId}`);
    await sdk.untilGone(`/disks/${diskId}`);
  });

  it('keep VMs apart by affinity groups, version 2', async () => {
    const vmXml = (at: number) =>
      `<vm><memory>67108864</memory><name>${name(`apart${at}`)}</name><cluster id="${clusterId}"/><template id="${BLANK}"/></vm>`;
    const vms = [await sdk.add('/vms', vmXml(1)), await sdk.add('/vms', vmXml(2))].map(({ body }) => textAt(body, 'id'));
    user.created.vms.push(...vms);
    const groups = `/clusters/${clusterId}/affinitygroups`;
    const rule = (enabled: boolean) => `<enabled>${enabled}</enabled><enforcing>true</enforcing><positive>false</positive>`;
    const groupXml =
      `<affinity_group><description></description><hosts_rule>${rule(false)}</hosts_rule><name>${name('apart')}</name>` +
      `<priority>1.000000</priority><vms_rule>${rule(true)}</vms_rule><cluster id="${clusterId}"/></affinity_group>`;
    const group = await sdk.add(groups, groupXml);
    needs(
      group,
      'id',
      'name',
      'priority',
      'enforcing',
      'hosts_rule.enabled',
      'hosts_rule.positive',
      'vms_rule.enabled',
      'vms_rule.positive',
      'cluster.id',
    );
    const path = `${groups}/${textAt(group.body, 'id')}`;
    for (const vm of vms) needs(await sdk.add(`${path}/vms`, `<vm id="${vm}"/>`), 'id');
    expect(itemsIn((await sdk.get(`${path}/vms`)).body, 'vm').map((one) => textAt(one, 'id'))).toEqual(expect.arrayContaining(vms));
    expect(itemsIn((await sdk.get(groups)).body, 'affinity_group').map((one) => textAt(one, 'id'))).toContain(textAt(group.body, 'id'));
    await sdk.remove(`${path}/vms/${vms[0]}`);
    await sdk.untilGone(path);
  });

  it('search with parentheses and spaces around the operators', async () => {
    const criteria = encodeURIComponent('(status = up OR status = down) AND (name = "e2e-no-such-vm")');
    expect(itemsIn((await sdk.get(`/vms?search=${criteria}`)).body, 'vm')).toEqual([]);
    expect((await sdk.get(`/clusters/${clusterId}/affinitygroups`)).element).toBe('affinity_groups');
  });
});
