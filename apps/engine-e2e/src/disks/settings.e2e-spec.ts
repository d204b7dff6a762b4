import { randomUUID } from 'node:crypto';
import { type Json, body } from '../api.client';
import { Audit } from '../audit';
import { BARE_VM, Installation } from '../installation';
import { labHosts } from '../lab';
import { refusal, refused } from '../trouble/trouble-bed';

jest.setTimeout(120_000);

const MULTIATTACH = { openstack_volume_type: { name: 'ceph-multiattach' }, shareable: 'true' };

describe('what can be set of a disk', () => {
  const user = new Installation();
  const { api } = user;
  let audit: Audit;
  let domainId: string;
  let qosPath: string;
  const profileIds: string[] = [];

  beforeAll(async () => {
    audit = await Audit.open();
    ({ domainId } = await user.ensureStorage());
    const centers = body(await api.get('/datacenters?search=name%3DDefault'))['data_center']!;
    const qos = { name: `e2e-${randomUUID().slice(0, 8)}`, max_read_throughput: 10, max_write_throughput: 5, max_iops: 200 };
    const added = body(await api.post(`/datacenters/${centers[0]!['id']}/qoss`, qos), 201);
    qosPath = `/datacenters/${centers[0]!['id']}/qoss/${added['id']}`;
  });
  afterAll(async () => {
    try {
      await user.cleanUp();
      for (const id of profileIds) await api.delete(`/diskprofiles/${id}`);
      await api.delete(qosPath);
    } finally {
      await Promise.all([audit.close(), api.close()]);
    }
  });

  const profile = async () => {
    const wanted = { name: `e2e-${randomUUID().slice(0, 8)}`, storage_domain: { id: domainId }, qos: { id: qosPath.split('/').at(-1) } };
    const { id } = body(await api.post('/diskprofiles', wanted), 201);
    profileIds.push(id!);
    return id!;
  };
  /** The XML of a disk in a VM that runs. */
  const xmlOf = async (vmId: string, diskId: string) => {
    const xml = await (await audit.libvirt(labHosts()[0]!)).domains.xml(vmId);
    return xml.split('<disk ').find((part) => part.includes(`ua-${diskId}`)) ?? '';
  };
  const shown = async (diskId: string): Promise<Json> => body(await api.get(`/disks/${diskId}`));

  it('reaches the guest: limits, errors, discard and reading alone', async () => {
    const [vmId, diskId] = await Promise.all([
      user.vm(BARE_VM),
      user.disk({ disk_profile: { id: await profile() }, propagate_errors: 'true' }),
    ]);
    await user.attach(vmId, diskId, { pass_discard: 'true', read_only: 'true', bootable: 'true' });
    await user.start(vmId);
    const xml = await xmlOf(vmId, diskId);
    expect(xml).toContain(`<read_bytes_sec>${10 * 1024 ** 2}</read_bytes_sec>`);
    expect(xml).toContain(`<write_bytes_sec>${5 * 1024 ** 2}</write_bytes_sec>`);
    expect(xml).toContain('<total_iops_sec>200</total_iops_sec>');
    expect(xml).toMatch(/error_policy='report' rerror_policy='report' discard='unmap'/);
    expect(xml).toContain('<readonly/>');
    await audit.agrees();
  });

  it('counts from the next time on that the disk is plugged in, if it gets another profile', async () => {
    const [vmId, diskId] = await Promise.all([user.vm({ ...BARE_VM, os: undefined }), user.disk()]);
    const bootId = await user.disk();
    await user.attach(vmId, bootId, { bootable: 'true' });
    await user.start(vmId);
    const first = (await shown(diskId))['disk_profile'];
    body(await api.put(`/disks/${diskId}`, { disk_profile: { id: await profile() } }), 200);
    await user.attach(vmId, diskId);
    expect(first).toBeDefined();
    expect(await xmlOf(vmId, diskId)).toContain('<total_iops_sec>200</total_iops_sec>');
    expect(await xmlOf(vmId, bootId)).not.toContain('iotune');
  });

  it('lets two VMs write to a shareable disk of a type for that', async () => {
    const [one, two, diskId, bootOne, bootTwo] = await Promise.all([
      user.vm(BARE_VM),
      user.vm(BARE_VM),
      user.disk(MULTIATTACH),
      user.disk(),
      user.disk(),
    ]);
    await user.attach(one, bootOne, { bootable: 'true' });
    await user.attach(two, bootTwo, { bootable: 'true' });
    await user.attach(one, diskId);
    await user.attach(two, diskId);
    await user.start(one);
    await user.start(two);
    expect(await xmlOf(one, diskId)).toContain('<shareable/>');
    expect(await xmlOf(two, diskId)).toContain('<shareable/>');
    await audit.agrees();
    body(await api.put(`/disks/${diskId}`, { provisioned_size: 2 * 1024 ** 3 }), 200);
    await user.diskIs(diskId, 'ok');
    await audit.agrees();
    const answer = await api.put(`/disks/${diskId}`, { shareable: 'false' });
    expect(refusal(answer)).toEqual(refused(409, 'Deactivate the disk in all VMs'));
  });

  describe('is refused, and nothing changes,', () => {
    let id: string;
    let before: Json;

    beforeAll(async () => {
      id = await user.disk();
      before = await shown(id);
    });
    afterEach(async () => {
      expect(await shown(id)).toEqual(before);
      await audit.agrees();
    });

    it('for a shareable disk of a type that is not for several VMs', async () => {
      const name = `e2e-${randomUUID()}`;
      const domains = { storage_domains: { storage_domain: [{ id: domainId }] } };
      const wanted = { name, format: 'raw', provisioned_size: 1, shareable: 'true', ...domains };
      expect(refusal(await api.post('/disks', wanted))).toEqual(refused(409, "which Cinder's default type has not"));
      const typed = { ...wanted, openstack_volume_type: { name: 'ceph' } };
      expect(refusal(await api.post('/disks', typed))).toEqual(refused(409, "which the type 'ceph' has not"));
      expect(body(await api.get(`/disks?search=${encodeURIComponent(`name=${name}`)}`))['disk'] ?? []).toEqual([]);
      expect(refusal(await api.put(`/disks/${id}`, { shareable: 'true' }))).toEqual(refused(409, 'needs a volume type with multiattach'));
    });

    it('for a disk profile that is not there', async () => {
      const disk_profile = { id: randomUUID() };
      expect(refusal(await api.put(`/disks/${id}`, { disk_profile }))).toEqual(refused(404, 'Disk Profile with id'));
    });

    it('for the profile of disks when it is removed', async () => {
      const profileId = await profile();
      const other = await user.disk({ disk_profile: { id: profileId } });
      expect(refusal(await api.delete(`/diskprofiles/${profileId}`))).toEqual(refused(409, '1 disks have the Disk Profile'));
      expect((await shown(other))['disk_profile']?.['id']).toBe(profileId);
    });

    it('for limits that exclude each other, and for others than those of storage', async () => {
      const qos = body(await api.get(qosPath));
      expect(refusal(await api.put(qosPath, { max_read_iops: 5 }))).toEqual(refused(400, 'exclude each other'));
      expect(refusal(await api.put(qosPath, { type: 'cpu' }))).toEqual(refused(400, 'Only the use of storage can be limited'));
      expect(refusal(await api.put(qosPath, { max_iops: -1 }))).toEqual(refused(400, 'not an integer'));
      expect(body(await api.get(qosPath))).toEqual(qos);
    });
  });
});
