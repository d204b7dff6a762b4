import { type Json, body } from './api.client';
import { until } from './lab';
import { SnapshotUser } from './snapshots/snapshot-user';

jest.setTimeout(180_000);

describe('the statistics of a VM that works', () => {
  const at = new SnapshotUser();
  const { user, api } = at;

  beforeAll(async () => {
    await user.ensureStorage();
    await at.prepareWorking();
  });
  afterAll(async () => {
    await user.cleanUp();
    await api.close();
  });

  const figuresIn = (found: Json): Map<string, number> =>
    new Map((found['statistic'] ?? []).map((one: Json) => [one['name']!, Number(one['values']!['value']![0]!['datum'])]));
  const figures = async (path: string) => figuresIn(body(await api.get(`${path}/statistics`)));

  it('tell what it uses of its processors and memory, also when they are followed', async () => {
    const known = await figures(`/vms/${at.vmId}`);
    expect(known.get('memory.used')).toBeGreaterThan(2 ** 20);
    expect(known.get('memory.used')).toBeLessThanOrEqual(known.get('memory.installed')!);
    expect(known.get('cpu.current.total')).toBeGreaterThan(0);
    expect(known.get('cpu.current.total')).toBeLessThanOrEqual(100);
    const followed = body(await api.get(`/vms/${at.vmId}?follow=statistics`))['statistics'] as unknown as Json;
    expect(figuresIn(followed).get('memory.used')).toBeGreaterThan(2 ** 20);
  });

  it('tell what it writes to its disk, and how long that takes', async () => {
    const working = await until(
      'the disk is written to',
      () => figures(`/disks/${at.diskId}`),
      (seen) => seen.get('data.current.write')! > 0,
    );
    expect(working.get('disk.write.latency')).toBeGreaterThan(0);
    expect(working.get('disk.write.latency')).toBeLessThan(10);
  });

  it('are nothing when it is down', async () => {
    body(await api.post(`/vms/${at.vmId}/stop`), 200);
    await user.vmIs(at.vmId, 'down');
    const [vm, disk] = [await figures(`/vms/${at.vmId}`), await figures(`/disks/${at.diskId}`)];
    expect([vm.get('memory.used'), vm.get('cpu.current.total'), disk.get('data.current.write')]).toEqual([0, 0, 0]);
  });
});
