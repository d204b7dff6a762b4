import { randomUUID } from 'node:crypto';
import { type Json, body, faultDetail } from './api.client';
import { Audit } from './audit';
import { BARE_VM, Installation } from './installation';
import { until } from './lab';

jest.setTimeout(180_000);

describe('a pool of VMs', () => {
  const user = new Installation();
  const { api } = user;
  const name = `e2e-${randomUUID().slice(0, 8)}`;
  let audit: Audit;
  let templateId: string;
  let poolId: string;
  let takenId: string;

  beforeAll(async () => {
    audit = await Audit.open();
    await user.ensureStorage();
    const diskId = await user.disk();
    const vmId = await user.vm(BARE_VM);
    await user.attach(vmId, diskId, { bootable: 'true' });
    templateId = body(await api.post('/templates', { name, vm: { id: vmId } }))['id']!;
    await until(
      'the template is ok',
      async () => (await api.get(`/templates/${templateId}`)).body,
      (seen) => seen['status'] === 'ok',
    );
  });
  afterAll(async () => {
    try {
      for (const vm of poolId === undefined ? [] : await members()) if (vm['status'] !== 'down') await api.post(`/vms/${vm['id']}/stop`);
      if (poolId !== undefined) await user.gone(`/vmpools/${poolId}`);
      await user.gone(`/templates/${templateId}`);
      await user.cleanUp();
    } finally {
      await Promise.all([audit.close(), api.close()]);
    }
  });

  const members = async (): Promise<Json[]> =>
    (body(await api.get(`/vms?search=${encodeURIComponent(`name=${name}-*`)}`))['vm'] ?? []).sort((a: Json, b: Json) =>
      a['name']! < b['name']! ? -1 : 1,
    );
  const allAre = (status: string, count: number) =>
    until(`${count} VMs ${status}`, members, (vms) => vms.length === count && vms.every((vm) => vm['status'] === status));
  const volumeOf = async (vmId: string) => {
    const { rows } = await audit.database.query<{ volume_id: string }>(
      'SELECT volume_id FROM disk JOIN disk_attachment ON disk_id = id WHERE vm_id = $1',
      [vmId],
    );
    return rows[0]!.volume_id;
  };

  it('is made with its VMs, which are thin copies of the template', async () => {
    const wanted = { name, cluster: { name: 'Default' }, template: { id: templateId }, size: '2' };
    const pool = body(await api.post('/vmpools', wanted), 201);
    poolId = pool['id']!;
    expect(pool).toMatchObject({ name, size: '2', type: 'automatic', stateful: 'false', max_user_vms: '1', prestarted_vms: '0' });
    const vms = await allAre('down', 2);
    expect(vms.map((vm) => vm['name'])).toEqual([`${name}-1`, `${name}-2`]);
    expect(vms[0]).toMatchObject({ vm_pool: { id: poolId }, template: { id: templateId }, stateless: 'true' });
    expect(body(await api.get(`/vms?search=pool=${name}`))['vm']).toHaveLength(2);
    await audit.agrees();
  });

  it('keeps its VMs and its template', async () => {
    const [vm] = await members();
    expect(faultDetail(await api.delete(`/vms/${vm!['id']}`))).toContain('belongs to a VM-Pool');
    expect(faultDetail(await api.delete(`/templates/${templateId}`))).toContain('is being used');
  });

  it('gives a user a VM, and no more than he can have', async () => {
    takenId = body(await api.post(`/vmpools/${poolId}/allocatevm`), 200)['vm']!['id']!;
    await user.vmIs(takenId, 'up');
    const again = await api.post(`/vmpools/${poolId}/allocatevm`);
    expect([again.status, faultDetail(again)]).toEqual([409, expect.stringContaining('which is the maximum')]);
    await audit.agrees();
  });

  it('forgets what was written to a VM when it stops, and takes it back', async () => {
    const before = await volumeOf(takenId);
    await user.stop(takenId).catch(() => undefined);
    await until(
      'the VM has another volume',
      () => volumeOf(takenId),
      (id) => id !== before,
    );
    await user.vmIs(takenId, 'down');
    await audit.agrees();
    takenId = body(await api.post(`/vmpools/${poolId}/allocatevm`), 200)['vm']!['id']!;
    await user.vmIs(takenId, 'up');
    await api.post(`/vms/${takenId}/stop`);
    await allAre('down', 2);
    await audit.agrees();
  });

  it('grows, starts VMs ahead, and shrinks', async () => {
    expect(body(await api.put(`/vmpools/${poolId}`, { size: '4', prestarted_vms: '1' }), 200)['size']).toBe('4');
    await until('one VM runs ahead', members, (vms) => vms.length === 4 && vms.filter((vm) => vm['status'] === 'up').length === 1);
    const small = await api.put(`/vmpools/${poolId}`, { size: '0' });
    expect([small.status, faultDetail(small)]).toEqual([409, expect.stringContaining('down and nobody')]);
    const running = (await members()).find((vm) => vm['status'] === 'up')!;
    body(await api.put(`/vmpools/${poolId}`, { prestarted_vms: '0' }), 200);
    await user.stop(running['id']!).catch(() => undefined);
    await allAre('down', 4);
    body(
      await until(
        'the pool shrinks',
        () => api.put(`/vmpools/${poolId}`, { size: '1' }),
        (answer) => answer.status === 200,
      ),
    );
    await allAre('down', 1);
    await audit.agrees();
  });

  it('goes with its VMs and their disks, also with one that runs', async () => {
    const given = await until(
      'the VM is back in the pool',
      () => api.post(`/vmpools/${poolId}/allocatevm`),
      ({ status }) => status === 200,
    );
    const runningId = body(given)['vm']!['id']!;
    await user.vmIs(runningId, 'up');
    body(
      await until(
        'the pool can be removed',
        () => api.delete(`/vmpools/${poolId}`),
        (answer) => answer.status === 200,
      ),
    );
    await until(
      'the pool is gone',
      () => api.get(`/vmpools/${poolId}`),
      (answer) => answer.status === 404,
    );
    expect(await members()).toEqual([]);
    await audit.agrees();
  });
});
