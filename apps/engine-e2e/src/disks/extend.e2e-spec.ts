import { randomUUID } from 'node:crypto';
import { body, faultDetail } from '../api.client';
import { Audit } from '../audit';
import { BARE_VM, Installation, guestOs } from '../installation';
import { inLab, until } from '../lab';
import { withQuota } from '../trouble/cinder-quota';
import { withFrozen } from '../trouble/trouble-bed';

jest.setTimeout(120_000);

const GIB = 1024 ** 3;

describe('a disk that is extended', () => {
  const user = new Installation();
  const { api } = user;
  let audit: Audit;

  beforeAll(async () => {
    audit = await Audit.open();
    await user.ensureStorage();
  });
  afterAll(async () => {
    try {
      await user.cleanUp();
    } finally {
      await Promise.all([audit.close(), api.close()]);
    }
  });

  const nameOf = async (id: string) => `clinker-${body(await api.get(`/disks/${id}`))['name']}`;
  const volumeOf = async (id: string) => body(await api.get(`/disks/${id}`))['image_id']!;
  const sizeOf = async (id: string) => Number(body(await api.get(`/disks/${id}`))['provisioned_size']);
  const extend = (id: string, bytes: number) => api.put(`/disks/${id}`, { provisioned_size: bytes });
  const imageSize = async (id: string) => {
    const text = await inLab('ceph', 'rbd', 'info', `volumes/volume-${await volumeOf(id)}`, '--format', 'json');
    return (JSON.parse(text) as { size: number }).size;
  };
  const firstBytes = async (id: string, count: number) =>
    inLab('ceph', 'bash', '-c', `rbd export --no-progress volumes/volume-${await volumeOf(id)} - | head -c ${count}`);

  it('is locked until it has whole GiB more, with no VM around', async () => {
    const id = await user.disk();
    const answer = await extend(id, 2 * GIB + 1);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'locked', provisioned_size: String(GIB) });
    await user.diskIs(id, 'ok');
    expect([await sizeOf(id), await imageSize(id)]).toEqual([3 * GIB, 3 * GIB]);
    await audit.agrees();
  });

  it('is seen in its new size by a running guest, through its attachment, and keeps its data', async () => {
    const marker = `marker-${randomUUID()}`;
    const diskId = await user.disk();
    const vmId = await user.vm({ os: guestOs(`clinker.marker=${marker} clinker.disk=${diskId}`) });
    await user.attach(vmId, diskId, { interface: 'virtio', bootable: 'true' });
    await user.start(vmId);
    await user.guestSays(vmId, 'clinker-guest: wrote marker');
    const path = `/vms/${vmId}/diskattachments/${diskId}`;
    body(await api.put(path, { disk: { provisioned_size: 2 * GIB } }), 200);
    await user.guestSays(vmId, new RegExp(`clinker-guest: resized \\w+ ${2 * GIB}`));
    await user.diskIs(diskId, 'ok');
    expect([await sizeOf(diskId), await imageSize(diskId)]).toEqual([2 * GIB, 2 * GIB]);
    expect(await firstBytes(diskId, marker.length)).toBe(marker);
    const { name } = body(await api.get(`/disks/${diskId}`));
    const events = body(await api.get(`/events?search=${encodeURIComponent('type=372')}`))['event']!;
    expect(events.map(({ description }) => description)).toContain(`The disk '${name}' was successfully extended to 2 GiB.`);
    await audit.agrees();
    await user.stop(vmId);
    await user.start(vmId);
    await user.stop(vmId);
  });

  it('stays with a VM that stops until Cinder has extended its volume', async () => {
    const [diskId, vmId] = await Promise.all([user.disk(), user.vm(BARE_VM)]);
    await user.attach(vmId, diskId, { bootable: 'true' });
    await user.start(vmId);
    await withFrozen('cinder-scheduler', async () => {
      body(await extend(diskId, 2 * GIB), 200);
      await until(
        'Cinder has the request',
        async () => (await audit.volumesNamed(await nameOf(diskId)))[0]?.status,
        (seen) => seen === 'extending',
      );
      body(await api.post(`/vms/${vmId}/stop`), 200);
      const domains = async () => (await audit.libvirt('host-1')).domains.list();
      await until('the guest is gone', domains, (seen) => !seen.some(({ uuid }) => uuid === vmId));
    });
    await user.vmIs(vmId, 'down');
    await user.diskIs(diskId, 'ok');
    expect([await sizeOf(diskId), await imageSize(diskId)]).toEqual([2 * GIB, 2 * GIB]);
    await audit.agrees();
  });

  describe('is refused, and nothing changes,', () => {
    let id: string;

    beforeAll(async () => {
      id = await user.disk();
    });
    afterEach(async () => {
      expect(body(await api.get(`/disks/${id}`))).toMatchObject({ status: 'ok', provisioned_size: String(GIB) });
      expect(await imageSize(id)).toBe(GIB);
      await audit.agrees();
    });

    it.each([
      ['a smaller size', 1, 200, ''],
      ['no size', 0, 400, 'not an integer'],
      ['more than any disk has', 2 ** 51, 400, 'not an integer'],
    ])('for %s', async (_what, bytes, status, text) => {
      const answer = await extend(id, bytes);
      expect([answer.status, faultDetail(answer)]).toEqual([status, expect.stringContaining(text)]);
    });

    it('for a size that is smaller by whole GiB', async () => {
      const larger = await user.disk({ provisioned_size: 2 * GIB });
      const answer = await extend(larger, GIB);
      expect([answer.status, faultDetail(answer)]).toEqual([400, expect.stringContaining('New disk size must be larger')]);
      expect(await sizeOf(larger)).toBe(2 * GIB);
    });

    it('for a disk that is not there', async () => {
      expect((await extend(randomUUID(), 2 * GIB)).status).toBe(404);
    });

    it('for more than the quota allows, whether we know it or Cinder says so', async () => {
      // What was fine a moment ago is let through, and then Cinder refuses it: so the first attempts may be undone.
      const answer = await withQuota({ gigabytes: 50 }, () =>
        until(
          '413',
          () => extend(id, 100 * GIB),
          ({ status }) => status === 413,
          30_000,
        ),
      );
      expect(faultDetail(answer)).toMatch(/quota of the Cinder project is exceeded: .* gigabytes are used, and 99 more are wanted/);
    });

    it('while a running VM reads it only', async () => {
      const vmId = await user.vm();
      await user.attach(vmId, id, { read_only: 'true' });
      await user.start(vmId);
      const answer = await extend(id, 2 * GIB);
      expect([answer.status, faultDetail(answer)]).toEqual([409, expect.stringContaining('read-only in a running VM')]);
      await user.stop(vmId);
    });

    it('in a domain that is not active', async () => {
      const domain = await user.domainPath();
      body(await api.post(`${domain}/deactivate`), 200);
      await user.domainIs('maintenance');
      const answer = await extend(id, 2 * GIB);
      expect([answer.status, faultDetail(answer)]).toEqual([409, expect.stringContaining("Storage Domain's status")]);
      body(await api.post(`${domain}/activate`), 200);
      await user.activeDomain();
    });
  });

  it('is called in Cinder as it is called here', async () => {
    const id = await user.disk({ description: 'first' });
    const name = `e2e-${randomUUID().slice(0, 8)}`;
    body(await api.put(`/disks/${id}`, { name, description: 'second' }), 200);
    const look = async () => (await audit.volumesNamed(`clinker-${name}`)).map((volume) => [volume.id, volume.description]);
    await until('the name is in Cinder', look, (seen) => seen.length > 0);
    expect(await look()).toEqual([[await volumeOf(id), 'second']]);
  });
});
