import { obeysTheLaws, type FaultInjector } from '@clinker/sagas/testing';
import { CreateMemorySnapshotSaga } from '../../../engine/src/snapshots/create-memory-snapshot.saga';
import { BARE_VM } from '../installation';
import { LawCourt, TRIAL_MS } from './law-court';
import { RunningVm } from './running-vm';
import { stepsOf } from './saga-anatomy';

jest.setTimeout(TRIAL_MS);

/** What is done to the guest, and to the file with its memory. The other steps are tried in other sagas, and each trial here costs seconds. */
const TRIED = /pause|file|copy/;

describe('snapshots with memory, in an engine that fails and dies', () => {
  const court = new LawCourt();
  const { user } = court;
  let vm: RunningVm;

  beforeAll(async () => {
    await court.open();
    const [id, diskId] = await Promise.all([user.vm(BARE_VM), user.disk()]);
    await user.attach(id, diskId, { bootable: 'true' });
    await user.start(id);
    vm = new RunningVm(court, id);
  });
  afterAll(async () => {
    await vm.removeSnapshots();
    await court.close();
  });

  const expectSnapshots = async (wanted: string[]) => {
    await vm.isWell();
    const seen = await vm.snapshots();
    expect(seen.map((one) => `${one['snapshot_status']} ${one['persist_memorystate']}`)).toEqual(wanted);
  };

  const anatomy = stepsOf(CreateMemorySnapshotSaga);
  obeysTheLaws({
    ...anatomy,
    steps: anatomy.steps.filter((step) => TRIED.test(step) || step === anatomy.steps.at(-1)),
    canKill: true,
    get faults(): FaultInjector {
      return court.faults;
    },
    begin: () => vm.begin('create-memory-snapshot', { description: 'living', persist_memorystate: 'true' }),
    ended: (id) => court.ended(id),
    verifyFinished: () => expectSnapshots(['ok true']),
    verifyCleanSlate: () => expectSnapshots([]),
    cleanUp: async () => undefined,
  });
});
