import { obeysTheLaws, type FaultInjector } from '@clinker/sagas/testing';
import { CreateMemorySnapshotSaga } from '../../../engine/src/snapshots/create-memory-snapshot.saga';
import { body } from '../api.client';
import { BARE_VM } from '../installation';
import { labHosts } from '../lab';
import { LawCourt, TRIAL_MS } from './law-court';
import { stepsOf } from './saga-anatomy';

jest.setTimeout(TRIAL_MS);

/** What is done to the guest, and to the file with its memory. The other steps are tried in other sagas, and each trial here costs seconds. */
const TRIED = /pause|file|copy/;

describe('snapshots with memory, in an engine that fails and dies', () => {
  const court = new LawCourt();
  const { user } = court;
  let path: string;
  let vmId: string;

  beforeAll(async () => {
    await court.open();
    const [id, diskId] = await Promise.all([user.vm(BARE_VM), user.disk()]);
    await user.attach(id, diskId, { bootable: 'true' });
    await user.start(id);
    [vmId, path] = [id, `/vms/${id}`];
  });
  afterAll(async () => {
    await removeAll();
    await court.close();
  });

  const snapshots = async () => {
    await court.fork.ready();
    return (body(await user.api.get(`${path}/snapshots`))['snapshot'] ?? []).filter((one) => one['snapshot_type'] !== 'active');
  };
  const removeAll = async () => {
    for (const { id } of await snapshots()) await user.gone(`${path}/snapshots/${id}`);
  };
  const running = async () => {
    for (const host of labHosts()) {
      const state = await (await court.audit.libvirt(host)).domains.state(vmId).catch(() => undefined);
      if (state) return state.state;
    }
    return undefined;
  };
  const expectSnapshots = async (wanted: string[]) => {
    await court.audit.agrees();
    const seen = await snapshots();
    expect(seen.map((one) => `${one['snapshot_status']} ${one['persist_memorystate']}`)).toEqual(wanted);
    expect(await court.status(path)).toBe('up');
    expect(await running()).toBe('running');
  };

  const anatomy = stepsOf(CreateMemorySnapshotSaga);
  obeysTheLaws({
    ...anatomy,
    steps: anatomy.steps.filter((step) => TRIED.test(step) || step === anatomy.steps.at(-1)),
    canKill: true,
    get faults(): FaultInjector {
      return court.faults;
    },
    begin: async () => {
      await removeAll();
      const wanted = { description: 'living', persist_memorystate: 'true' };
      return court.begin('create-memory-snapshot', (headers) => user.api.post(`${path}/snapshots`, wanted, headers));
    },
    ended: (id) => court.ended(id),
    verifyFinished: () => expectSnapshots(['ok true']),
    verifyCleanSlate: () => expectSnapshots([]),
    cleanUp: async () => undefined,
  });
});
