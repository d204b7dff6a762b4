import { obeysTheLaws, type FaultInjector } from '@clinker/sagas/testing';
import { CreateGroupSnapshotSaga } from '../../../engine/src/snapshots/create-group-snapshot.saga';
import { CreateSnapshotSaga } from '../../../engine/src/snapshots/create-snapshot.saga';
import { body } from '../api.client';
import { BARE_VM } from '../installation';
import { labHosts } from '../lab';
import { GROUP_TYPE, GroupStorage } from '../snapshots/group-storage';
import { LawCourt, TRIAL_MS } from './law-court';
import { ownSteps, stepsOf } from './saga-anatomy';

jest.setTimeout(TRIAL_MS);

describe('snapshots of groups of volumes, in an engine that fails and dies', () => {
  const court = new LawCourt();
  const storage = new GroupStorage();
  const { user } = court;
  let path: string;
  let vmId: string;

  beforeAll(async () => {
    await storage.open();
    await court.open();
    const [id, first, second] = await Promise.all([user.vm(BARE_VM), user.disk(GROUP_TYPE), user.disk(GROUP_TYPE)]);
    await user.attach(id, first, { bootable: 'true' });
    await user.attach(id, second);
    await user.start(id);
    [vmId, path] = [id, `/vms/${id}`];
  });
  afterAll(async () => {
    await removeAll();
    await court.close();
    await storage.close();
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
  /** Which groups there are in Cinder, as how many of their volumes are in them and how many snapshots were taken of them. */
  const groups = async () => (await storage.everyGroup()).map(({ volumeIds, snapshots: taken }) => `${volumeIds.length} ${taken.length}`);
  const expectSnapshots = async (wanted: { snapshots: string[]; groups: string[] }) => {
    await court.audit.agrees();
    expect((await snapshots()).map((one) => one['snapshot_status'])).toEqual(wanted.snapshots);
    expect(await groups()).toEqual(wanted.groups);
    expect(await court.status(path)).toBe('up');
    expect(await running()).toBe('running');
  };

  const anatomy = stepsOf(CreateGroupSnapshotSaga);
  obeysTheLaws({
    ...anatomy,
    steps: ownSteps(anatomy, stepsOf(CreateSnapshotSaga)),
    canKill: true,
    get faults(): FaultInjector {
      return court.faults;
    },
    begin: async () => {
      await removeAll();
      return court.begin('create-group-snapshot', (headers) => user.api.post(`${path}/snapshots`, { description: 'group' }, headers));
    },
    ended: (id) => court.ended(id),
    verifyFinished: () => expectSnapshots({ snapshots: ['ok'], groups: ['0 1'] }),
    verifyCleanSlate: () => expectSnapshots({ snapshots: [], groups: [] }),
    cleanUp: async () => undefined,
  });
});
