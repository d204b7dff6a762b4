import { obeysTheLaws, type FaultInjector } from '@clinker/sagas/testing';
import { CreateGroupSnapshotSaga } from '../../../engine/src/snapshots/create-group-snapshot.saga';
import { CreateSnapshotSaga } from '../../../engine/src/snapshots/create-snapshot.saga';
import { GroupStorage } from '../snapshots/group-storage';
import { LawCourt, TRIAL_MS } from './law-court';
import { RunningVm } from './running-vm';
import { ownSteps, stepsOf } from './saga-anatomy';

jest.setTimeout(TRIAL_MS);

describe('snapshots of groups of volumes, in an engine that fails and dies', () => {
  const court = new LawCourt();
  const storage = new GroupStorage();
  const { user } = court;
  let vm: RunningVm;

  beforeAll(async () => {
    await storage.open();
    await court.open();
    const [id] = await storage.runVm(user);
    vm = new RunningVm(court, id);
  });
  afterAll(async () => {
    await vm.removeSnapshots();
    await court.close();
    await storage.close();
  });

  /** Which groups there are in Cinder, as how many of their volumes are in them and how many snapshots were taken of them. */
  const groups = async () => (await storage.everyGroup()).map(({ volumeIds, snapshots: taken }) => `${volumeIds.length} ${taken.length}`);
  const expectSnapshots = async (wanted: { snapshots: string[]; groups: string[] }) => {
    await vm.isWell();
    expect((await vm.snapshots()).map((one) => one['snapshot_status'])).toEqual(wanted.snapshots);
    expect(await groups()).toEqual(wanted.groups);
  };

  const anatomy = stepsOf(CreateGroupSnapshotSaga);
  obeysTheLaws({
    ...anatomy,
    steps: ownSteps(anatomy, stepsOf(CreateSnapshotSaga)),
    canKill: true,
    get faults(): FaultInjector {
      return court.faults;
    },
    begin: () => vm.begin('create-group-snapshot', { description: 'group' }),
    ended: (id) => court.ended(id),
    verifyFinished: () => expectSnapshots({ snapshots: ['ok'], groups: ['0 1'] }),
    verifyCleanSlate: () => expectSnapshots({ snapshots: [], groups: [] }),
    cleanUp: async () => undefined,
  });
});
