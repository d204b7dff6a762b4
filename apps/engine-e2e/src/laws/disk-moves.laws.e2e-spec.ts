import { obeysTheLaws, type FaultInjector } from '@clinker/sagas/testing';
import { CopyDiskSaga } from '../../../engine/src/disk-moves/copy-disk.saga';
import { MoveDiskSaga } from '../../../engine/src/disk-moves/move-disk.saga';
import { PROVIDER } from '../installation';
import { LawCourt, TRIAL_MS } from './law-court';
import { ownSteps, stepsOf } from './saga-anatomy';

jest.setTimeout(TRIAL_MS);

/** Data go through the lab's host. That they arrive is for the tests of the flow: here it matters that no volume is lost or left over. */
describe('disks on their way, in an engine that fails and dies', () => {
  const court = new LawCourt();
  const { user } = court;
  const storage_domain = { name: PROVIDER };
  let diskId: string;
  let volumeId: string | undefined;

  beforeAll(async () => {
    await court.open();
    diskId = await user.disk();
  });
  afterAll(() => court.close());

  const shared = {
    canKill: true,
    get faults(): FaultInjector {
      return court.faults;
    },
    ended: (id: string) => court.ended(id),
  };
  const volume = () => court.attribute(`/disks/${diskId}`, 'image_id');
  const act = async (saga: string, action: string, disk: object) => {
    volumeId = await volume();
    return court.begin(saga, (headers) => user.api.post(`/disks/${diskId}/${action}`, { storage_domain, disk }, headers));
  };
  const expectVolume = async (isOld: boolean) => {
    await court.audit.agrees();
    expect((await volume()) === volumeId).toBe(isOld);
  };

  const moving = stepsOf(MoveDiskSaga);

  obeysTheLaws({
    ...moving,
    ...shared,
    begin: async () => {
      await court.fork.ready();
      const { body } = await user.api.get(`/disks/${diskId}`);
      const name = body['openstack_volume_type']?.['name'] === 'ceph-multiattach' ? 'ceph' : 'ceph-multiattach';
      return act('move-disk', 'move', { openstack_volume_type: { name } });
    },
    verifyFinished: () => expectVolume(false),
    verifyCleanSlate: () => expectVolume(true),
    cleanUp: async () => undefined,
  });

  describe('to a copy', () => {
    const name = 'e2e-law-copy';
    const copies = async () => {
      await court.fork.ready();
      return ((await user.api.get(`/disks?search=name%3D${name}`)).body['disk'] ?? []).map(({ id }) => id!);
    };
    const expectCopies = async (count: number) => {
      await expectVolume(true);
      expect(await copies()).toHaveLength(count);
    };

    const copying = stepsOf(CopyDiskSaga);

    /** How the data are copied is tried in a move. */
    obeysTheLaws({
      ...copying,
      steps: ownSteps(copying, moving),
      ...shared,
      begin: () => act('copy-disk', 'copy', { name }),
      verifyFinished: () => expectCopies(1),
      verifyCleanSlate: () => expectCopies(0),
      cleanUp: async () => {
        for (const id of await copies()) await user.gone(`/disks/${id}`);
      },
    });
  });
});
