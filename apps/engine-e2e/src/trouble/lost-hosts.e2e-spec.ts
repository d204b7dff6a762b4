import { DEAD_WATCHER_MS } from '../audit';
import { body } from '../api.client';
import { BARE_VM } from '../installation';
import { labHosts, until } from '../lab';
import { TROUBLE_MS, TroubleBed, refusal, refused, withDead } from './trouble-bed';

jest.setTimeout(TROUBLE_MS);

describe('a host that does not come back', () => {
  const bed = new TroubleBed();
  const { user, api } = bed;
  let hostId: string;

  const fence = (type?: string) => api.post(`/hosts/${hostId}/fence`, type === undefined ? {} : { fence_type: type });
  const domainsOf = async (vmId: string) =>
    (await (await bed.audit.libvirt(labHosts()[0]!)).domains.list()).filter(({ uuid }) => uuid === vmId);

  beforeAll(async () => {
    await bed.open();
    hostId = body(await api.get(`/hosts?search=name%3D${labHosts()[0]!}`))['host']![0]!['id']!;
  });
  afterAll(() => bed.close());

  it('is not believed to be off while it is heard', async () => {
    expect(refusal(await fence('manual'))).toEqual(refused(409, 'Cannot confirm the reboot of Host. Host status is up.'));
  });

  it.each([
    ['stop', 409, 'Power Management is not configured for this Host'],
    ['status', 409, 'Power Management is not configured for this Host'],
    ['explode', 400, 'explode is not a member of FenceType'],
    [undefined, 400, 'Action [fenceType] required for fence'],
  ])('cannot be fenced by %s', async (type, status, text) => {
    expect(refusal(await fence(type))).toEqual(refused(status, text));
  });

  it('is confirmed to be off: what waited for it ends, its disks are free, and its guests end when it is back', async () => {
    const [running, stopping] = await Promise.all([bed.vmWithDisk(BARE_VM), bed.vmWithDisk(BARE_VM)]);
    await Promise.all([user.start(running.vmId), user.start(stopping.vmId)]);
    await withDead(['agent-host-1'], async () => {
      const stop = api.post(`/vms/${stopping.vmId}/stop`);
      await user.hostsAre('non_responsive');
      expect((await stop).status).toBe(200);
      body(await fence('manual'), 200);
      await Promise.all([user.vmIs(running.vmId, 'down'), user.vmIs(stopping.vmId, 'down')]);
      const { rowCount: attached } = await bed.audit.database.query('SELECT FROM volume_attachment');
      expect(attached).toBe(0);
      expect(await domainsOf(running.vmId)).toHaveLength(1);
      await user.hostsAre('down');
    });
    await until(
      'the domain ends',
      () => domainsOf(running.vmId),
      (found) => found.length === 0,
      20_000,
    );
    await user.hostsAre('up');
    await bed.settle(DEAD_WATCHER_MS);
  });
});
