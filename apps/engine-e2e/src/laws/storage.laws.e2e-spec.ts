import { obeysTheLaws, type FaultInjector } from '@clinker/sagas/testing';
import { ActivateDomainSaga } from '../../../engine/src/storage-domains/activate-domain.saga';
import { DeactivateDomainSaga } from '../../../engine/src/storage-domains/deactivate-domain.saga';
import { LawCourt, TRIAL_MS } from './law-court';
import { stepsOf } from './saga-anatomy';

jest.setTimeout(TRIAL_MS);

describe('storage domains, in an engine that fails and dies', () => {
  const court = new LawCourt();
  const { user } = court;
  let path: string;

  beforeAll(async () => {
    await court.open();
    path = await user.domainPath();
  });
  afterAll(async () => {
    await become('active');
    await court.close();
  });

  const shared = {
    canKill: true,
    get faults(): FaultInjector {
      return court.faults;
    },
    ended: (id: string) => court.ended(id),
    cleanUp: async () => undefined,
  };
  const become = async (status: 'active' | 'maintenance') => {
    if ((await court.status(path)) === status) return;
    await court.user.api.post(`${path}/${status === 'active' ? 'activate' : 'deactivate'}`);
    await user.domainIs(status);
  };
  /** The audit compares the hosts' secrets with the domain's status. */
  const expectDomain = async (status: string) => {
    expect(await court.status(path)).toBe(status);
    await court.audit.agrees();
  };

  obeysTheLaws({
    ...stepsOf(ActivateDomainSaga),
    ...shared,
    begin: async () => {
      await become('maintenance');
      return court.begin('activate-domain', (headers) => user.api.post(`${path}/activate`, {}, headers));
    },
    verifyFinished: () => expectDomain('active'),
    verifyCleanSlate: () => expectDomain('maintenance'),
  });

  obeysTheLaws({
    ...stepsOf(DeactivateDomainSaga),
    ...shared,
    begin: async () => {
      await become('active');
      return court.begin('deactivate-domain', (headers) => user.api.post(`${path}/deactivate`, {}, headers));
    },
    verifyFinished: () => expectDomain('maintenance'),
    verifyCleanSlate: () => expectDomain('active'),
  });
});
