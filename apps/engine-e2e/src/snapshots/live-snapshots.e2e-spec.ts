import { type Json, body } from '../api.client';
import { Audit } from '../audit';
import { lab, until } from '../lab';
import { withDead } from '../trouble/trouble-bed';
import { SnapshotUser } from './snapshot-user';

jest.setTimeout(180_000);

/** How long (ms) a guest is left frozen at most, and some time for the guest to be seen. */
const THAWED_BY_ITSELF_MS = 45_000;

/** The guest counts twice a second: one that says nothing for so long (ms) is frozen. */
const STANDS_STILL_MS = 3_000;

const NOT_QUIESCED = '90050';

describe('snapshots of a running VM whose guest has an agent', () => {
  const at = new SnapshotUser();
  const { user, api } = at;
  let audit: Audit;

  beforeAll(async () => {
    audit = await Audit.open();
    await user.ensureStorage();
    await at.prepareWorking();
  });
  afterAll(async () => {
    await api.post(`/vms/${at.vmId}/stop`);
    await user.vmIs(at.vmId, 'down').catch(() => undefined);
    await api.delete(`/vms/${at.vmId}`);
    await user.cleanUp();
    await Promise.all([audit.close(), api.close()]);
  });

  const counted = async () => Number([...(await user.console(at.vmId)).matchAll(/counted (\d+)/g)].at(-1)?.[1]);
  const goesOn = async (withinMs?: number) => {
    const before = await counted();
    await until('the guest counts on', counted, (now) => now > before, withinMs);
  };
  const standsStill = async () => {
    let last = { count: await counted(), since: Date.now() };
    const look = async () => {
      const count = await counted();
      if (count !== last.count) last = { count, since: Date.now() };
      return Date.now() - last.since;
    };
    await until('the guest stands still', look, (still) => still >= STANDS_STILL_MS);
  };
  const warnings = async (): Promise<Json[]> => {
    const events = body(await api.get('/events?max=50'))['event'] ?? [];
    return events.filter(({ code, vm, description }) => code === NOT_QUIESCED && vm!.id === at.vmId && description!.includes(`'${name}'`));
  };
  let name: string;
  const begin = async (description: string): Promise<string> => {
    name = description;
    return body(await api.post(`/vms/${at.vmId}/snapshots`, { description }), 202)['id']!;
  };

  it('are taken while its file system stands still, which goes on afterwards', async () => {
    await at.is(await begin('calm'), 'ok');
    expect(await warnings()).toEqual([]);
    await goesOn();
    expect(body(await api.get(`/vms/${at.vmId}`))['status']).toBe('up');
    await audit.agrees();
  });

  it('thaw the guest by the host alone when the engine is dead', async () => {
    const id = await withDead(['cinder-volume'], async () => {
      const begun = await begin('orphaned');
      await standsStill();
      await withDead(['engine'], () => goesOn(THAWED_BY_ITSELF_MS));
      return begun;
    });
    await user.hostsAre('up');
    await at.is(id, 'ok');
    expect(await warnings()).toEqual([expect.objectContaining({ severity: 'warning' })]);
    await audit.agrees(30_000);
  });

  it('thaw the guest when the agent of the host comes back from its death', async () => {
    const id = await withDead(['cinder-volume'], async () => {
      const begun = await begin('restarted');
      await standsStill();
      await lab('kill', 'agent-host-1');
      await lab('start', 'agent-host-1');
      await goesOn(THAWED_BY_ITSELF_MS / 2);
      return begun;
    });
    await at.is(id, 'ok');
    await user.hostsAre('up');
    await audit.agrees(30_000);
  });
});
