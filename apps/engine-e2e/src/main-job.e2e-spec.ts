import { randomUUID } from 'node:crypto';
import { body } from './api.client';
import { Audit } from './audit';
import { Installation, PROVIDER, guestOs, keyBody, providerBody } from './installation';
import { inLab, labValue, until } from './lab';

jest.setTimeout(120_000);

const XML = { Accept: 'application/xml', 'Content-Type': 'application/xml' };

describe('the main job', () => {
  const user = new Installation();
  const { api } = user;
  const marker = `marker-${randomUUID()}`;
  let audit: Audit;
  /** False if somebody else uses the lab's Cinder already: then its provider is not ours to add. */
  let isFresh: boolean;
  let token: string;
  let vmId: string;
  let diskId: string;
  let hotDiskId: string;

  beforeAll(async () => {
    audit = await Audit.open();
    isFresh = await user.removeStorage();
  });
  afterAll(async () => {
    try {
      await user.ensureStorage();
      await user.cleanUp();
    } finally {
      await Promise.all([audit.close(), api.close()]);
    }
  });

  const bearer = () => ({ Authorization: `Bearer ${token}` });
  const volumeOf = async (id: string) => {
    const { rows } = await audit.database.query<{ volume_id: string }>('SELECT volume_id FROM disk WHERE id = $1', [id]);
    return rows[0]!.volume_id;
  };

  it('begins with a token for a password', async () => {
    const form = new URLSearchParams({
      grant_type: 'password',
      scope: 'ovirt-app-api',
      username: labValue('CLINKER_USER'),
      password: labValue('CLINKER_PASSWORD'),
    });
    const answer = await api.away('/ovirt-engine/sso/oauth/token', form.toString());
    token = body(answer, 200)['access_token']!;
    expect(body(await api.ask('GET', '', undefined, bearer()), 200)['product_info']?.['name']).toBeDefined();
  });

  it('adds the volume provider, in XML', async () => {
    if (!isFresh) return;
    const fields = providerBody() as Record<string, string>;
    const inner = Object.entries(fields).map(([name, value]) => (typeof value === 'string' ? `<${name}>${value}</${name}>` : ''));
    const xml = `<openstack_volume_provider>${inner.join('')}<data_center><name>Default</name></data_center></openstack_volume_provider>`;
    const answer = await api.ask('POST', '/openstackvolumeproviders', xml, { ...XML, ...bearer() });
    expect(answer.status).toBe(201);
    expect(answer.text).toContain(`<name>${PROVIDER}</name>`);
    expect(answer.text).not.toContain(labValue('LAB_CINDER_PASSWORD'));
  });

  it('gives it the authentication key, which never comes back', async () => {
    if (!isFresh) return;
    const provider = await user.provider();
    const path = `/openstackvolumeproviders/${provider!['id']}/authenticationkeys`;
    const answer = await api.post(path, keyBody());
    expect(answer.status).toBe(201);
    const list = await api.get(path);
    const { value } = keyBody() as { value: string };
    expect(`${answer.text} ${list.text}`).not.toContain(value);
    expect(list.text).toContain(labValue('CEPH_SECRET_UUID'));
  });

  it('sees the storage domain go active, and its volume types', async () => {
    await user.activeDomain();
    const { id } = (await user.provider())!;
    body(await api.post(`/openstackvolumeproviders/${id}/testconnectivity`), 200);
    const types = body(await api.get(`/openstackvolumeproviders/${id}/volumetypes`))['open_stack_volume_type']!;
    expect(types.map((type) => type['name'])).toEqual(expect.arrayContaining(['ceph', 'ceph-multiattach']));
    await audit.agrees();
  });

  it('creates disks of a type', async () => {
    [diskId, hotDiskId] = await Promise.all([user.disk({ openstack_volume_type: { name: 'ceph' } }), user.disk()]);
    const disk = body(await api.get(`/disks/${diskId}`));
    expect(disk).toMatchObject({ status: 'ok', format: 'raw', provisioned_size: String(1024 ** 3), storage_type: 'cinder' });
    await audit.agrees();
  });

  it('creates a VM with a kernel of its own and attaches the disk', async () => {
    vmId = await user.vm({ os: guestOs(`clinker.marker=${marker} clinker.disk=${diskId}`) });
    await user.attach(vmId, diskId, { interface: 'virtio', bootable: 'true' });
    const attachments = body(await api.get(`/vms/${vmId}/diskattachments`))['disk_attachment']!;
    expect(attachments).toEqual([expect.objectContaining({ id: diskId, active: 'true', bootable: 'true', interface: 'virtio' })]);
    expect(body(await api.get(`/vms/${vmId}`))['status']).toBe('down');
  });

  it('starts the VM; its guest writes to the disk, which Ceph has', async () => {
    await user.start(vmId);
    await user.guestSays(vmId, 'clinker-guest: wrote marker');
    await audit.agrees();
    const content = await inLab(
      'ceph',
      'bash',
      '-c',
      `rbd export --no-progress volumes/volume-${await volumeOf(diskId)} - | head -c ${marker.length}`,
    );
    expect(content).toBe(marker);
  });

  it.each(['virtio', 'virtio_scsi'])('plugs a second disk by %s into the running VM, and unplugs it', async (busInterface) => {
    const before = (await user.console(vmId)).length;
    const since = (text: RegExp) => user.guestSays(vmId, text, before);
    await user.attach(vmId, hotDiskId, { interface: busInterface });
    await since(new RegExp(`clinker-guest: added \\w+ ${1024 ** 3} serial=${hotDiskId.slice(0, 20)}`));
    await audit.agrees();
    body(await api.put(`/vms/${vmId}/diskattachments/${hotDiskId}`, { active: 'false' }), 200);
    await since(/clinker-guest: removed \w+/);
    await audit.agrees();
    body(await api.delete(`/vms/${vmId}/diskattachments/${hotDiskId}`), 200);
    expect((await api.get(`/disks/${hotDiskId}`)).body['status']).toBe('ok');
  });

  it('shows the same to those who ask under the older prefix, in XML', async () => {
    const answer = await api.away(`/api/vms/${vmId}`, undefined, { ...XML, ...bearer() });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain(`href="/api/vms/${vmId}"`);
    expect(answer.text).toContain('<status>up</status>');
  });

  it('tells what was done, as jobs and events', async () => {
    const jobs = body(await api.get('/jobs'))['job']!;
    const launch = jobs.find((job) => job['description']!.startsWith('Launching VM'))!;
    expect(launch['status']).toBe('finished');
    const steps = body(await api.get(`/jobs/${launch['id']}/steps`))['step']!;
    expect(steps.map((step) => step['status'])).not.toContain('failed');
    const events = body(await api.get('/events?max=200'))['event']!;
    expect(events.map((event) => event['code'])).toEqual(expect.arrayContaining(['32', '2021']));
  });

  it('keeps for the next run what the guest cannot take now', async () => {
    const memory = String(192 * 2 ** 20);
    const now = body(await api.put(`/vms/${vmId}`, { memory, description: 'grows' }), 200);
    expect(now).toMatchObject({ description: 'grows', next_run_configuration_exists: 'true' });
    expect(now['memory']).not.toBe(memory);
    expect(body(await api.get(`/vms/${vmId};next_run`), 200)).toMatchObject({ memory });
  });

  it('starts the VM anew with it when its guest is rebooted', async () => {
    const first = body(await api.get(`/vms/${vmId}`), 200)['start_time'];
    body(await api.post(`/vms/${vmId}/reboot`), 200);
    const look = async () => body(await api.get(`/vms/${vmId}`), 200);
    const vm = await until('the VM is up again', look, (seen) => seen['status'] === 'up' && seen['start_time'] !== first);
    expect(vm).toMatchObject({ memory: String(192 * 2 ** 20), next_run_configuration_exists: 'false' });
    await audit.agrees();
  });

  it('stops the VM and lets go of the volume', async () => {
    await user.stop(vmId);
    await audit.agrees();
    expect(await audit.watchers(await volumeOf(diskId))).toEqual([]);
  });

  it('removes the VM with its disk', async () => {
    body(await api.delete(`/vms/${vmId}`), 200);
    await user.gone(`/vms/${vmId}`);
    await user.gone(`/disks/${diskId}`);
    await audit.agrees();
  });
});
