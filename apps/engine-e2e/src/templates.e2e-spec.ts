import { randomUUID } from 'node:crypto';
import { type Json, body, faultDetail } from './api.client';
import { Audit } from './audit';
import { Installation, guestOs } from './installation';
import { inLab, until } from './lab';

jest.setTimeout(180_000);

describe('templates, and VMs that are copies', () => {
  const user = new Installation();
  const { api } = user;
  const marker = `marker-${randomUUID()}`;
  const name = `e2e-${randomUUID().slice(0, 8)}`;
  const templates: string[] = [];
  let audit: Audit;
  let vmId: string;
  let templateId: string;

  beforeAll(async () => {
    audit = await Audit.open();
    await user.ensureStorage();
    const [diskId, second] = await Promise.all([user.disk(), user.disk()]);
    vmId = await user.vm({ os: guestOs(`clinker.marker=${marker} clinker.disk=${diskId}`) });
    await user.attach(vmId, diskId, { interface: 'virtio', bootable: 'true' });
    await user.attach(vmId, second);
    await user.start(vmId);
    await user.guestSays(vmId, 'clinker-guest: wrote marker');
  });
  afterAll(async () => {
    try {
      await user.cleanUp();
      for (const id of templates.reverse()) await user.gone(`/templates/${id}`);
    } finally {
      await Promise.all([audit.close(), api.close()]);
    }
  });

  const becomes = (path: string, status: string) =>
    until(
      `${path} ${status}`,
      async () => (await api.get(path)).body,
      (seen) => seen['status'] === status,
    );
  const template = async (changes: object = {}) => {
    const id = body(await api.post('/templates', { name, vm: { id: vmId }, ...changes }), 201, 202)['id']!;
    templates.push(id);
    await becomes(`/templates/${id}`, 'ok');
    return id;
  };
  const attachments = async (path: string): Promise<Json[]> => body(await api.get(`${path}/diskattachments`))['disk_attachment'] ?? [];
  const bootDiskOf = async (path: string) => (await attachments(path)).find((one) => one['bootable'] === 'true')!['id']!;

  /** The first bytes of a disk, as Ceph has them. */
  const beginning = async (diskId: string): Promise<string> => {
    const { rows } = await audit.database.query<{ volume_id: string }>('SELECT volume_id FROM disk WHERE id = $1', [diskId]);
    const command = `rbd export --no-progress volumes/volume-${rows[0]!.volume_id} - | head -c ${marker.length}`;
    return inLab('ceph', 'bash', '-c', command);
  };

  it('makes a template of a VM that runs, with its hardware and what the guest has written', async () => {
    templateId = await template({ description: 'golden' });
    const seen = body(await api.get(`/templates/${templateId}`));
    expect(seen).toMatchObject({ name, description: 'golden', memory: String(256 * 1024 ** 2), version: { version_number: '1' } });
    expect(await attachments(`/templates/${templateId}`)).toHaveLength(2);
    expect(await beginning(await bootDiskOf(`/templates/${templateId}`))).toBe(marker);
    expect((await api.get(`/vms/${vmId}`)).body['status']).toBe('up');
    await audit.agrees();
  });

  it('leaves the disks of a template alone', async () => {
    const diskId = await bootDiskOf(`/templates/${templateId}`);
    const refused = 'The disk belongs to a Template.';
    expect(faultDetail(await api.delete(`/disks/${diskId}`))).toContain(refused);
    expect(faultDetail(await api.put(`/disks/${diskId}`, { name: 'other' }))).toContain(refused);
    const attached = await api.post(`/vms/${vmId}/diskattachments`, {
      disk: { id: diskId },
      interface: 'virtio',
      bootable: 'false',
      active: 'false',
    });
    expect(faultDetail(attached)).toContain(refused);
  });

  it('adds a version with the disk that is named, and refuses a name that is taken', async () => {
    const diskId = await bootDiskOf(`/vms/${vmId}`);
    const version = { version_name: 'second', base_template: { id: templateId } };
    const source = { id: vmId, disk_attachments: { disk_attachment: [{ disk: { id: diskId, name: 'boot-only' } }] } };
    const id = await template({ name: 'ignored', version, vm: source });
    expect(body(await api.get(`/templates/${id}`))).toMatchObject({
      name,
      version: { version_name: 'second', version_number: '2', base_template: { id: templateId } },
    });
    const [only, ...others] = await attachments(`/templates/${id}`);
    expect(others).toEqual([]);
    expect(body(await api.get(`/disks/${only!['id']}`))['name']).toBe('boot-only');
    const taken = await api.post('/templates', { name, vm: { id: vmId } });
    expect([taken.status, faultDetail(taken)]).toEqual([409, expect.stringContaining('name is already in use')]);
  });

  const copyOf = async (request: Promise<{ status: number; body: Json; text: string }>, find: (answer: Json) => string) => {
    const id = find(body((await request) as never));
    user.created.vms.push(id);
    await user.vmIs(id, 'down');
    user.created.disks.push(...(await attachments(`/vms/${id}`)).map((one) => one['id']!));
    return id;
  };
  const vmOf = (template: string, query = '') =>
    copyOf(
      api.post(`/vms${query}`, { name: `e2e-${randomUUID().slice(0, 8)}`, cluster: { name: 'Default' }, template: { id: template } }),
      (vm) => vm['id']!,
    );

  it('makes a VM of the template, which boots from what the guest had written', async () => {
    const thinId = await vmOf(templateId);
    expect(body(await api.get(`/vms/${thinId}`))).toMatchObject({ template: { id: templateId }, memory: String(256 * 1024 ** 2) });
    expect(await beginning(await bootDiskOf(`/vms/${thinId}`))).toBe(marker);
    await user.start(thinId);
    await audit.agrees();
    const refused = await api.delete(`/templates/${templateId}`);
    expect([refused.status, faultDetail(refused)]).toEqual([409, expect.stringContaining('is being used by the following VMs')]);
    await user.stop(thinId);
  });

  it('makes a VM that is independent of the template', async () => {
    const cloneId = await vmOf(templateId, '?clone=true');
    expect(body(await api.get(`/vms/${cloneId}`))['template']!['id']).toBe('00000000-0000-0000-0000-000000000000');
    expect(await beginning(await bootDiskOf(`/vms/${cloneId}`))).toBe(marker);
  });

  it('clones a VM that runs', async () => {
    const clone = { vm: { name: `e2e-${randomUUID().slice(0, 8)}` } };
    const cloneId = await copyOf(api.post(`/vms/${vmId}/clone`, clone), (action) => action['vm']!['id']!);
    expect(await attachments(`/vms/${cloneId}`)).toHaveLength(2);
    expect(await beginning(await bootDiskOf(`/vms/${cloneId}`))).toBe(marker);
    expect(body(await api.get(`/vms/${vmId}`))['status']).toBe('up');
    await audit.agrees();
  });

  it('makes a VM of a snapshot, with what was on the disks then', async () => {
    const snapshots = `/vms/${vmId}/snapshots`;
    const { id } = body(await api.post(snapshots, { description: 'then' }));
    await until(
      'the snapshot is ok',
      async () => (await api.get(`${snapshots}/${id}`)).body,
      (seen) => seen['snapshot_status'] === 'ok',
    );
    const wanted = { name: `e2e-${randomUUID().slice(0, 8)}`, cluster: { name: 'Default' }, template: { name: 'Blank' } };
    const copyId = await copyOf(api.post('/vms', { ...wanted, snapshots: { snapshot: [{ id }] } }), (vm) => vm['id']!);
    expect(body(await api.get(`/vms/${copyId}`))).toMatchObject({ memory: String(256 * 1024 ** 2) });
    expect(await beginning(await bootDiskOf(`/vms/${copyId}`))).toBe(marker);
    await audit.agrees();
    await user.gone(`${snapshots}/${id}`);
  });

  it('leaves nothing of a template that is removed', async () => {
    await user.cleanUp();
    for (const id of templates.reverse()) {
      body(await api.delete(`/templates/${id}`), 200);
      await user.gone(`/templates/${id}`);
    }
    await audit.agrees();
  });
});
