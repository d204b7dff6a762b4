import { randomUUID } from 'node:crypto';
import { EngineFork } from '../engine-fork';
import { BARE_VM, PROVIDER } from '../installation';
import { inLab, lab } from '../lab';
import { TROUBLE_MS, TroubleBed } from './trouble-bed';

jest.setTimeout(TROUBLE_MS);

/** How often the engine is killed while it works. */
const KILLS = 4;

describe('trouble with the engine itself', () => {
  const bed = new TroubleBed();
  const { user, api } = bed;

  beforeAll(() => bed.open());
  afterEach(() => bed.settle());
  afterAll(() => bed.close());

  const newDisk = (id: string) =>
    api.post('/disks', {
      id,
      name: `e2e-${id}`,
      provisioned_size: 1,
      format: 'raw',
      storage_domains: { storage_domain: [{ name: PROVIDER }] },
    });

  it('loses all of Redis in the middle, and finishes everything', async () => {
    const vms = await Promise.all([bed.vmWithDisk(BARE_VM), bed.vmWithDisk(BARE_VM)]);
    const ids = Array.from({ length: 4 }, () => randomUUID());
    user.created.disks.push(...ids);
    const requests = Promise.all([...vms.map(({ vmId }) => api.post(`/vms/${vmId}/start`)), ...ids.map(newDisk)]);
    await inLab('redis', 'redis-cli', 'FLUSHALL');
    expect((await requests).map(({ status }) => status)).toEqual([200, 200, 202, 202, 202, 202]);
    await inLab('redis', 'redis-cli', 'FLUSHALL');
    await Promise.all([...vms.map(({ vmId }) => user.vmIs(vmId, 'up')), ...ids.map((id) => user.diskIs(id, 'ok'))]);
    await bed.audit.agrees();
  });

  it('works on without Redis', async () => {
    await lab('kill', 'redis');
    let id: string;
    try {
      id = await user.disk();
    } finally {
      await lab('start', 'redis');
    }
    await user.gone(`/disks/${id}`);
  });

  describe('in a process that dies at any moment', () => {
    const fork = new EngineFork();

    beforeAll(() => fork.takeOver());
    afterAll(() => fork.giveBack());

    /** Works of many kinds at once. Who is cut off does not ask again: what was begun goes on by itself. */
    const work = async (vms: readonly { vmId: string; hotDiskId: string }[]) => {
      const disks = [randomUUID(), randomUUID()];
      user.created.disks.push(...disks);
      const plugs = vms.map(({ vmId, hotDiskId }) => api.put(`/vms/${vmId}/diskattachments/${hotDiskId}`, { active: 'true' }));
      const starts = vms.map(({ vmId }) => api.post(`/vms/${vmId}/start`));
      const stops = vms.map(({ vmId }) => api.post(`/vms/${vmId}/stop`));
      await Promise.allSettled([...starts, ...disks.map(newDisk), ...plugs, ...stops]);
    };

    it('leaves everything as if it had not', async () => {
      const vms = await Promise.all(
        [1, 2].map(async () => {
          const [{ vmId }, hotDiskId] = await Promise.all([bed.vmWithDisk(BARE_VM), user.disk()]);
          await user.attach(vmId, hotDiskId, { active: 'false' });
          return { vmId, hotDiskId };
        }),
      );
      for (let kill = 1; kill <= KILLS; kill += 1) {
        const working = work(vms);
        // Not a wait for something: the moment of the kill shall be any moment.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 1500));
        await fork.process.kill();
        await working;
        await fork.ready();
      }
      await bed.audit.agrees(60_000);
      const { rows } = await bed.audit.database.query<{ saga: string }>(
        "SELECT DISTINCT saga FROM operation WHERE stuck OR status = 'undoing'",
      );
      expect(rows).toEqual([]);
    });
  });
});
