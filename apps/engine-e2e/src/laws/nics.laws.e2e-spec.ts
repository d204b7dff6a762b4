import { obeysTheLaws, type FaultInjector } from '@clinker/sagas/testing';
import { ChangeNicSaga } from '../../../engine/src/networks/change-nic.saga';
import { body } from '../api.client';
import { LawCourt, TRIAL_MS } from './law-court';
import { stepsOf } from './saga-anatomy';

jest.setTimeout(TRIAL_MS);

/** A guest with an operating system: without one an interface is never let go. */
describe('interfaces of a running VM, in an engine that fails and dies', () => {
  const court = new LawCourt();
  const { user } = court;
  let path: string;

  beforeAll(async () => {
    await court.open();
    const vmId = await user.vm();
    path = `/vms/${vmId}/nics`;
    await user.start(vmId);
    await user.guestSays(vmId, 'clinker-guest: ready');
  });
  afterAll(() => court.close());

  const ids = async (): Promise<string[]> => {
    await court.fork.ready();
    return (body(await user.api.get(path))['nic'] ?? []).map(({ id }) => id!);
  };
  const expectNics = async (count: number): Promise<void> => {
    await court.audit.agrees();
    expect(await ids()).toHaveLength(count);
  };

  obeysTheLaws({
    ...stepsOf(ChangeNicSaga),
    canKill: true,
    get faults(): FaultInjector {
      return court.faults;
    },
    begin: () => court.begin('change-nic', (headers) => user.api.ask('POST', path, { name: 'nic1' }, headers)),
    ended: (id: string) => court.ended(id),
    verifyFinished: () => expectNics(1),
    verifyCleanSlate: () => expectNics(0),
    cleanUp: async () => {
      for (const id of await ids()) body(await user.api.delete(`${path}/${id}`), 200);
    },
  });
});
