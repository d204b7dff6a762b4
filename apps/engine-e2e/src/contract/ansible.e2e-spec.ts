import { randomUUID } from 'node:crypto';
import { missingElements } from '@clinker/testing';
import { Installation, PROVIDER, guestOs } from '../installation';
import { until } from '../lab';
import { FAMILIES, SdkClient, has, itemsIn, searchFor, textAt } from './sdk.client';

jest.setTimeout(120_000);

/** The modules of the Ansible collection, request by request. Each logs in and out for itself. */
describe('the Ansible collection', () => {
  const user = new Installation();
  const run = randomUUID().slice(0, 8);
  const [vm, disk, template, copy] = ['vm', 'disk', 'template', 'copy'].map((kind) => `e2e-${kind}-${run}`) as [
    string,
    string,
    string,
    string,
  ];
  let vmId: string;
  let diskId: string;
  let snapshotId: string;
  let templateId: string;

  beforeAll(async () => {
    await user.ensureStorage();
  });
  afterAll(async () => {
    await user.cleanUp();
    await user.api.close();
  });

  /** One module's run. */
  async function task<T>(work: (sdk: SdkClient) => Promise<T>): Promise<T> {
    const sdk = new SdkClient(FAMILIES.python);
    await sdk.logIn();
    try {
      return await work(sdk);
    } finally {
      await sdk.logOut();
      await sdk.close();
    }
  }

  const oneOf = async (sdk: SdkClient, path: string, item: string) => {
    const found = itemsIn((await sdk.get(path)).body, item);
    expect(found.map((one) => textAt(one, 'name'))).toHaveLength(1);
    return textAt(found[0]!, 'id');
  };
  const none = async (sdk: SdkClient, path: string, item: string) => expect(itemsIn((await sdk.get(path)).body, item)).toEqual([]);
  const allContent = { 'All-Content': 'true' };
  const vmSearch = (name: string) => `/vms${searchFor(`name="${name}"`)}`;

  it('adds a VM (ovirt_vm)', () =>
    task(async (sdk) => {
      await sdk.get(`/vms${searchFor(`name="${vm}"`, { all_content: 'true' })}`, allContent);
      await none(sdk, vmSearch(vm), 'vm');
      const clusters = await sdk.get(`/clusters${searchFor('name="Default"')}`);
      const [cluster] = itemsIn(clusters.body, 'cluster');
      await sdk.get(`/datacenters/${textAt(cluster!, 'data_center.id')}`);
      const blank = await oneOf(sdk, `/templates${searchFor('name=Blank and datacenter=Default')}`, 'template');
      const body = `<vm><memory>268435456</memory><name>${vm}</name><cluster><name>Default</name></cluster><template id="${blank}"/></vm>`;
      const added = await sdk.add('/vms?clone=false&clone_permissions=false', body);
      vmId = textAt(added.body, 'id');
      user.created.vms.push(vmId);
      await sdk.untilStatus(`/vms/${vmId}`, 'down');
      expect((await sdk.get(`/vms/${vmId}/numanodes`)).element).toBe('vm_numa_nodes');
    }));

  it('reads back what it declares, so that a second run changes nothing (ovirt_vm)', () =>
    task(async (sdk) => {
      const declared =
        '<bios><boot_menu><enabled>true</enabled></boot_menu><type>q35_ovmf</type></bios><console><enabled>true</enabled></console>' +
        '<cpu><mode>host_passthrough</mode></cpu><cpu_shares>512</cpu_shares><custom_properties><custom_property><name>hugepages</name>' +
        '<value>2048</value></custom_property></custom_properties><display><monitors>2</monitors></display><initialization>' +
        '<custom_script>runcmd: []</custom_script><host_name>web</host_name><nic_configurations><nic_configuration><boot_protocol>dhcp' +
        '</boot_protocol><name>eth0</name></nic_configuration></nic_configurations><root_password>secret</root_password></initialization>' +
        '<high_availability><enabled>true</enabled><priority>50</priority></high_availability>' +
        '<memory_policy><ballooning>false</ballooning></memory_policy><placement_policy><affinity>pinned</affinity></placement_policy>' +
        '<rng_device><source>hwrng</source></rng_device><serial_number><policy>custom</policy><value>1</value></serial_number>' +
        '<soundcard_enabled>true</soundcard_enabled><sso><methods/></sso><time_zone><name>Europe/Prague</name></time_zone>';
      await sdk.update(`/vms/${vmId}`, `<vm>${declared}</vm>`);
      const { body } = await sdk.get(`/vms/${vmId}`);
      expect(body).toMatchObject({
        bios: { boot_menu: { enabled: 'true' }, type: 'q35_ovmf' },
        console: { enabled: 'true' },
        cpu: { mode: 'host_passthrough', topology: { cores: '1' } },
        cpu_shares: '512',
        custom_properties: { custom_property: { name: 'hugepages', value: '2048' } },
        display: { monitors: '2', type: 'vnc' },
        high_availability: { enabled: 'true', priority: '50' },
        memory_policy: { ballooning: 'false' },
        placement_policy: { affinity: 'pinned' },
        rng_device: { source: 'hwrng' },
        serial_number: { policy: 'custom', value: '1' },
        soundcard_enabled: 'true',
        sso: { methods: '' },
        time_zone: { name: 'Europe/Prague' },
      });
      expect(body['initialization']).toMatchObject({ custom_script: 'runcmd: []', host_name: 'web' });
      expect(has(body, 'initialization.root_password')).toBe(false);
    }));

  it('declares consoles and the host of a start (ovirt_vm)', () =>
    task(async (sdk) => {
      const consoles = `/vms/${vmId}/graphicsconsoles`;
      const protocols = async () => itemsIn((await sdk.get(consoles)).body, 'graphics_console').map((one) => textAt(one, 'protocol'));
      expect(await protocols()).toEqual(['vnc']);
      const added = await sdk.add(consoles, '<graphics_console><protocol>spice</protocol></graphics_console>');
      expect(await protocols()).toEqual(['vnc', 'spice']);
      await sdk.remove(`${consoles}/${textAt(added.body, 'id')}`);
      expect(await protocols()).toEqual(['vnc']);
      const start = '<action><vm><placement_policy><hosts><host><name>no-such-host</name></host></hosts></placement_policy></vm></action>';
      expect(await sdk.statusOf('POST', `/vms/${vmId}/start`, start)).toBe(404);
    }));

  it('creates a disk and attaches it (ovirt_disk)', () =>
    task(async (sdk) => {
      const search = `/disks${searchFor(`name="${disk}" and Storage.name="${PROVIDER}" and vm_names="${vm}"`)}`;
      await oneOf(sdk, vmSearch(vm), 'vm');
      await none(sdk, search, 'disk');
      const inner =
        `<content_type>data</content_type><format>raw</format><name>${disk}</name><provisioned_size>1073741824</provisioned_size>` +
        `<sparse>false</sparse><openstack_volume_type><name>ceph</name></openstack_volume_type>` +
        `<storage_domains><storage_domain><name>${PROVIDER}</name></storage_domain></storage_domains>`;
      const added = await sdk.add('/disks', `<disk>${inner.replace('raw', 'cow')}</disk>`);
      expect(textAt(added.body, 'format')).toBe('cow');
      diskId = textAt(added.body, 'id');
      user.created.disks.push(diskId);
      const shown = await sdk.untilStatus(`/disks/${diskId}`, 'ok');
      // The module follows this link in every run, and fails without it.
      await sdk.get(textAt(shown.body, 'disk_profile.href').replace('/ovirt-engine/api', ''));
      const attachment = `/vms/${vmId}/diskattachments`;
      expect(await sdk.statusOf('GET', `${attachment}/${diskId}`)).toBe(404);
      const flags = '<active>true</active><bootable>true</bootable><interface>virtio_scsi</interface>';
      await sdk.add(attachment, `<disk_attachment>${flags}<disk id="${diskId}">${inner}</disk></disk_attachment>`);
      const attached = await sdk.get(`${attachment}/${diskId}`);
      expect(attached.body).toMatchObject({ active: 'true', bootable: 'true', interface: 'virtio_scsi', disk: { id: diskId } });
      await oneOf(sdk, search, 'disk');
    }));

  it('finds the same disk again, and makes it larger (ovirt_disk)', () =>
    task(async (sdk) => {
      const found = await oneOf(sdk, `/disks${searchFor(`name="${disk}" and Storage.name="${PROVIDER}" and vm_names="${vm}"`)}`, 'disk');
      expect(found).toBe(diskId);
      const [attachment] = itemsIn((await sdk.get(`/vms/${vmId}/diskattachments`)).body, 'disk_attachment');
      expect(textAt(attachment!, 'disk.id')).toBe(diskId);
      // What the user does not name is sent all the same: the module's own format and allocation, and a domain without a name.
      await sdk.update(
        `/disks/${diskId}`,
        `<disk><content_type>data</content_type><format>cow</format><name>${disk}</name><provisioned_size>2147483648</provisioned_size>` +
          `<sparse>true</sparse><storage_domains><storage_domain/></storage_domains></disk>`,
      );
      const { body } = await sdk.untilStatus(`/disks/${diskId}`, 'ok');
      expect(textAt(body, 'provisioned_size')).toBe('2147483648');
    }));

  it('starts the VM with a kernel for this run, changes and suspends it meanwhile, and stops it (ovirt_vm)', async () => {
    const { kernel, initrd, cmdline } = guestOs() as Record<string, string>;
    const start = `<os><cmdline>${cmdline}</cmdline><initrd>${initrd}</initrd><kernel>${kernel}</kernel></os>`;
    await task(async (sdk) => {
      await oneOf(sdk, vmSearch(vm), 'vm');
      await sdk.act(`/vms/${vmId}/start`, `<action><vm>${start}</vm></action>`);
      const { body } = await sdk.untilStatus(`/vms/${vmId}`, 'up');
      expect(body).toMatchObject({ run_once: 'true', os: { kernel, initrd }, next_run_configuration_exists: 'false' });
    });
    await task(async (sdk) => {
      const memory = String(320 * 2 ** 20);
      await sdk.update(`/vms/${vmId}?next_run=false`, `<vm><comment>live</comment><memory>${memory}</memory></vm>`);
      const { body } = await sdk.get(`/vms/${vmId}`);
      expect(body).toMatchObject({ comment: 'live', memory: '268435456', next_run_configuration_exists: 'true' });
      const next = (await sdk.get(`/vms/${vmId}?next_run=true`)).body;
      expect(next).toMatchObject({ comment: 'live', memory });
      expect(has(next, 'os.kernel')).toBe(false);
      await sdk.act(`/vms/${vmId}/suspend`);
      await sdk.untilStatus(`/vms/${vmId}`, 'suspended');
      await sdk.act(`/vms/${vmId}/start`, `<action><vm>${start}</vm></action>`);
      const resumed = (await sdk.untilStatus(`/vms/${vmId}`, 'up')).body;
      expect(resumed).toMatchObject({ run_once: 'true', memory: '268435456', next_run_configuration_exists: 'true' });
      await sdk.act(`/vms/${vmId}/stop`);
      const down = (await sdk.untilStatus(`/vms/${vmId}`, 'down')).body;
      expect(down).toMatchObject({ memory, run_once: 'false', next_run_configuration_exists: 'false' });
      expect(has(down, 'os.kernel')).toBe(false);
    });
  });

  it('takes a snapshot, and goes back to it (ovirt_snapshot)', () =>
    task(async (sdk) => {
      await oneOf(sdk, vmSearch(vm), 'vm');
      expect(await sdk.statusOf('GET', `/vms/${vmId}/snapshots/None`)).toBe(404);
      const added = await sdk.add(`/vms/${vmId}/snapshots`, '<snapshot><description>s1</description></snapshot>');
      snapshotId = textAt(added.body, 'id');
      const path = `/vms/${vmId}/snapshots/${snapshotId}`;
      // By this name old snapshots are found that are to be removed.
      expect(textAt((await sdk.get(path)).body, 'vm.name')).toBe(vm);
      const isOk = () =>
        until(
          `${path} ok`,
          () => sdk.get(path),
          ({ body }) => textAt(body, 'snapshot_status') === 'ok',
        );
      await isOk();
      await sdk.act(`${path}/restore`);
      await sdk.untilStatus(`/vms/${vmId}`, 'down');
      await isOk();
    }));

  it('makes a template, and a VM of it (ovirt_template, ovirt_vm)', async () => {
    await task(async (sdk) => {
      await none(sdk, `/templates${searchFor(`name="${template}" and cluster="Default"`)}`, 'template');
      const body = `<template><name>${template}</name><vm><name>${vm}</name></vm><cluster><name>Default</name></cluster></template>`;
      templateId = textAt((await sdk.add('/templates', body)).body, 'id');
      await sdk.untilStatus(`/templates/${templateId}`, 'ok');
    });
    await task(async (sdk) => {
      await oneOf(sdk, `/templates${searchFor(`name=${template} and datacenter=Default`)}`, 'template');
      const body = `<vm><name>${copy}</name><cluster><name>Default</name></cluster><template id="${templateId}"/></vm>`;
      const added = await sdk.add('/vms?clone=false&clone_permissions=false', body);
      const copyId = textAt(added.body, 'id');
      user.created.vms.push(copyId);
      await sdk.untilStatus(`/vms/${copyId}`, 'down');
      const [attachment] = itemsIn((await sdk.get(`/vms/${copyId}/diskattachments`)).body, 'disk_attachment');
      await sdk.act(`/vms/${copyId}/stop`).catch(() => undefined);
      await sdk.untilGone(`/vms/${copyId}`);
      await sdk.untilGone(`/disks/${textAt(attachment!, 'disk.id')}`);
    });
    const answer = await user.api.ask('GET', `/templates/${templateId}/diskattachments`, undefined, { Accept: 'application/xml' });
    // A template's disks are no devices of a guest, and have no VM.
    expect(missingElements('templates/diskattachments', answer.text).filter((one) => !['logical_name', 'vm'].includes(one))).toEqual([]);
    await task((sdk) => sdk.untilGone(`/templates/${templateId}`));
  });

  it('removes the snapshot, detaches and removes the disk, and removes the VM', async () => {
    await task((sdk) => sdk.untilGone(`/vms/${vmId}/snapshots/${snapshotId}`));
    await task(async (sdk) => {
      await oneOf(sdk, `/disks${searchFor(`name="${disk}" and vm_names="${vm}"`)}`, 'disk');
      await sdk.remove(`/vms/${vmId}/diskattachments/${diskId}`);
      expect(await sdk.statusOf('GET', `/vms/${vmId}/diskattachments/${diskId}`)).toBe(404);
    });
    await task(async (sdk) => {
      await oneOf(sdk, `/disks${searchFor(`name="${disk}"`)}`, 'disk');
      await sdk.untilGone(`/disks/${diskId}`);
    });
    await task((sdk) => sdk.untilGone(`/vms/${vmId}`));
  });

  it.each([
    ['storagedomains', 'storage_domain', PROVIDER, 'DiskCreator'],
    ['networks', 'network', 'ovirtmgmt', 'VnicProfileUser'],
    ['vnicprofiles', 'vnic_profile', 'ovirtmgmt', 'VnicProfileUser'],
    ['diskprofiles', 'disk_profile', PROVIDER, 'DiskProfileUser'],
    ['cpuprofiles', 'cpu_profile', 'Default', 'CpuProfileOperator'],
    ['macpools', 'mac_pool', 'Default', 'MacPoolUser'],
  ])('gives and takes a permission on one of the %s (ovirt_permission)', (collection, item, name, role) =>
    task(async (sdk) => {
      const found = itemsIn((await sdk.get(`/${collection}${searchFor(`name="${name}"`)}`)).body, item);
      const object = found.find((one) => textAt(one, 'name') === name)!;
      const adminId = await oneOf(sdk, `/users${searchFor('usrname="admin@internal-authz"')}`, 'user');
      const permissions = `/${collection}/${textAt(object, 'id')}/permissions`;
      await sdk.get(permissions);
      const body = `<permission><role><name>${role}</name></role><user id="${adminId}"/></permission>`;
      const added = await sdk.add(permissions, body);
      await sdk.remove(`${permissions}/${textAt(added.body, 'id')}`);
    }),
  );

  it('gives and takes a permission on a quota (ovirt_permission)', () =>
    task(async (sdk) => {
      const dataCenterId = await oneOf(sdk, `/datacenters${searchFor('name="Default"')}`, 'data_center');
      const adminId = await oneOf(sdk, `/users${searchFor('usrname="admin@internal-authz"')}`, 'user');
      const quotas = itemsIn((await sdk.get(`/datacenters/${dataCenterId}/quotas`)).body, 'quota');
      const quota = quotas.find((one) => textAt(one, 'name') === 'Default')!;
      const permissions = `/datacenters/${dataCenterId}/quotas/${textAt(quota, 'id')}/permissions`;
      const body = `<permission><role><name>QuotaConsumer</name></role><user id="${adminId}"/></permission>`;
      const added = await sdk.add(permissions, body);
      await sdk.remove(`${permissions}/${textAt(added.body, 'id')}`);
    }));

  it('finds the storage domain in its data center, and shows its status only there (ovirt_storage_domain)', () =>
    task(async (sdk) => {
      const domainId = await oneOf(sdk, `/storagedomains${searchFor(`name="${PROVIDER}"`)}`, 'storage_domain');
      const { body } = await sdk.get(`/storagedomains/${domainId}`);
      expect([textAt(body, 'status'), textAt(body, 'external_status')]).toEqual(['', 'ok']);
      const dataCenterId = await oneOf(sdk, `/datacenters${searchFor('name="Default"')}`, 'data_center');
      expect(textAt((await sdk.get(`/datacenters/${dataCenterId}/storagedomains/${domainId}`)).body, 'status')).toBe('active');
      expect(await sdk.statusOf('GET', `/datacenters/${dataCenterId}/storagedomains/${randomUUID()}`)).toBe(404);
    }));

  it('adds a volume provider with an address of the old Keystone (ovirt_external_provider)', () =>
    task(async (sdk) => {
      const [provider] = itemsIn(
        (await sdk.get(`/openstackvolumeproviders${searchFor(`name="${PROVIDER}"`)}`)).body,
        'openstack_volume_provider',
      );
      const path = `/openstackvolumeproviders/${textAt(provider!, 'id')}`;
      const dataCenter = await sdk.get(`/datacenters${searchFor('name=Default')}`);
      expect(itemsIn(dataCenter.body, 'data_center')).toHaveLength(1);
      const [key] = itemsIn((await sdk.get(`${path}/authenticationkeys`)).body, 'openstack_volume_authentication_key');
      expect(textAt(key!, 'uuid')).toBe(textAt(key!, 'id'));
      const nobody =
        '<openstack_volume_provider><authentication_url>http://127.0.0.1:9/v2.0</authentication_url><name>e2e-cephA</name><password>p</password>' +
        '<requires_authentication>true</requires_authentication><tenant_name>admin</tenant_name><url>http://127.0.0.1:9</url><username>u</username>' +
        '</openstack_volume_provider>';
      // There is no such Keystone: the refusal shows that the address was taken, and tried.
      expect(await sdk.statusOf('POST', '/openstackvolumeproviders', nobody)).toBe(409);
    }));
});
