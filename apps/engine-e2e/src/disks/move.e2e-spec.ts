import { randomUUID } from 'node:crypto';
import { type Json, body } from '../api.client';
import { Audit } from '../audit';
import { ExtraProvider } from '../extra-provider';
import { BARE_VM, Installation, PROVIDER, guestOs } from '../installation';
import { inLab, until } from '../lab';
import { refusal, refused } from '../trouble/trouble-bed';
import { secondProject } from './second-project';

jest.setTimeout(180_000);

const SECOND = 'e2e-second';

describe('disks that are moved and copied', () => {
  const user = new Installation();
  const { api } = user;
  const marker = `marker-${randomUUID()}`;
  let audit: Audit;
  let domainId: string;
  let vmId: string;
  /** A disk that a guest has written to; its VM is down. */
  let diskId: string;

  beforeAll(async () => {
    audit = await Audit.open();
    ({ domainId } = await user.ensureStorage());
    diskId = await user.disk();
    vmId = await user.vm({ os: guestOs(`clinker.marker=${marker} clinker.disk=${diskId}`) });
    await user.attach(vmId, diskId, { interface: 'virtio', bootable: 'true' });
    await user.start(vmId);
    await user.guestSays(vmId, 'clinker-guest: wrote marker');
    await user.stop(vmId);
  });
  afterAll(async () => {
    try {
      await user.cleanUp();
    } finally {
      await Promise.all([audit.close(), api.close()]);
    }
  });

  const shown = async (id: string): Promise<Json> => body(await api.get(`/disks/${id}`));
  const firstBytes = async (id: string) => {
    const { image_id } = await shown(id);
    return inLab('ceph', 'bash', '-c', `rbd export --no-progress volumes/volume-${image_id} - | head -c ${marker.length}`);
  };
  const jobEnds = async (answer: Json): Promise<Json> =>
    until(
      `job ${answer['job']!['id']} ends`,
      async () => body(await api.get(`/jobs/${answer['job']!['id']}`)),
      ({ status }) => status !== 'started',
      120_000,
    );
  const act = async (id: string, action: string, wanted: object) => {
    const answer = body(await api.post(`/disks/${id}/${action}`, wanted), 200);
    expect((await jobEnds(answer))['status']).toBe('finished');
    return answer;
  };
  const inFirst = { storage_domain: { name: PROVIDER } };

  it('are there twice when they are copied', async () => {
    const name = `e2e-${randomUUID().slice(0, 8)}`;
    const answer = await act(diskId, 'copy', { ...inFirst, disk: { name, openstack_volume_type: { name: 'ceph' } } });
    const copyId = answer['disk']!['id']!;
    user.created.disks.push(copyId);
    expect(await shown(copyId)).toMatchObject({ name, status: 'ok', openstack_volume_type: { name: 'ceph' } });
    expect([await firstBytes(copyId), await firstBytes(diskId)]).toEqual([marker, marker]);
    expect((await shown(copyId))['image_id']).not.toBe((await shown(diskId))['image_id']);
    await audit.agrees();
  });

  it('go to another provider and back, and a VM runs with them there', async () => {
    const second = new ExtraProvider(user, SECOND);
    await second.open({ tenant_name: await secondProject() });
    try {
      await act(diskId, 'move', { storage_domain: { name: SECOND } });
      const moved = await shown(diskId);
      expect(moved['storage_domains']!['storage_domain']![0]!['id']).not.toBe(domainId);
      expect(await firstBytes(diskId)).toBe(marker);
      await user.start(vmId);
      await user.stop(vmId);
      await act(diskId, 'move', inFirst);
      expect(await firstBytes(diskId)).toBe(marker);
      await audit.agrees();
    } finally {
      await second.close();
    }
  });

  it('show how far they are, and are as they were when the job is cancelled', async () => {
    const largeId = await user.disk({ provisioned_size: 2 * 1024 ** 3 });
    const image = `volumes/volume-${(await shown(largeId))['image_id']}`;
    await inLab('ceph', 'rbd', 'bench', '--io-type', 'write', '--io-size', '4M', '--io-total', '1G', image);
    const name = `e2e-${randomUUID().slice(0, 8)}`;
    const answer = body(await api.post(`/disks/${largeId}/copy`, { ...inFirst, disk: { name } }), 200);
    const job = `/jobs/${answer['job']!['id']}`;
    const progress = async () => {
      const steps = body(await api.get(`${job}/steps`))['step'] ?? [];
      return Number(steps.find(({ description }) => description === 'copy the data')?.['progress'] ?? 0);
    };
    await until('the copying shows progress', progress, (seen) => seen > 0);
    body(await api.post(`${job}/end`, { succeeded: 'false' }), 200);
    expect((await jobEnds(answer))['status']).toBe('failed');
    expect(await shown(largeId)).toMatchObject({ status: 'ok' });
    expect((await api.get(`/disks/${answer['disk']!['id']}`)).status).toBe(404);
    await audit.agrees();
    expect(refusal(await api.post(`${job}/end`, { succeeded: 'false' }))).toEqual(refused(409, 'has ended'));
  });

  describe('are refused, and nothing changes,', () => {
    let before: Json;

    beforeAll(async () => {
      before = await shown(diskId);
    });
    afterEach(async () => {
      expect(await shown(diskId)).toEqual(before);
      await audit.agrees();
    });

    it.each([
      ['move without a domain', {}, 400, 'Action [storageDomain.id|name] required for move'],
      ['move to a domain that is not there', { storage_domain: { name: 'nowhere' } }, 404, 'nowhere'],
      ['move to where the disk is', { storage_domain: { name: PROVIDER } }, 409, 'already'],
      ['move to a type that is not there', { ...inFirst, disk: { openstack_volume_type: { name: 'gold' } } }, 409, "'gold' does not exist"],
      ['copy with a profile that is not there', { ...inFirst, disk_profile: { id: randomUUID() } }, 404, 'Disk Profile'],
    ])('%s', async (what, wanted, status, text) => {
      expect(refusal(await api.post(`/disks/${diskId}/${what.slice(0, 4)}`, wanted))).toEqual(refused(status, text));
    });

    it('while a VM runs with the disk, and for a disk that is not there', async () => {
      const [otherVm, other] = await Promise.all([user.vm(BARE_VM), user.disk()]);
      await user.attach(otherVm, other, { bootable: 'true' });
      await user.start(otherVm);
      expect(refusal(await api.post(`/disks/${other}/copy`, inFirst))).toEqual(refused(409, 'The disk is plugged to a running VM'));
      expect((await api.post(`/disks/${randomUUID()}/move`, inFirst)).status).toBe(404);
      await user.stop(otherVm);
    });
  });
});
