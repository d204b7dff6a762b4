import { HttpProxy } from '@clinker/testing';
import { obeysTheLaws, type FaultInjector } from '@clinker/sagas/testing';
import { CopyDiskSaga } from '../../../engine/src/disk-moves/copy-disk.saga';
import { MoveDiskSaga } from '../../../engine/src/disk-moves/move-disk.saga';
import { RetypeDiskSaga } from '../../../engine/src/disk-moves/retype-disk.saga';
import { ExtraProvider } from '../extra-provider';
import { PROVIDER } from '../installation';
import { labValue } from '../lab';
import { LawCourt, TRIAL_MS } from './law-court';
import { ownSteps, stepsOf } from './saga-anatomy';

jest.setTimeout(TRIAL_MS);

const SECOND = 'e2e-second';

/** Data go through the lab's host. That they arrive is for the tests of the flow: here it matters that no volume is lost or left over. */
describe('disks on their way, in an engine that fails and dies', () => {
  const court = new LawCourt();
  const { user } = court;
  /** The same Cinder by another address. */
  const second = new ExtraProvider(user, SECOND);
  let proxy: HttpProxy;
  let diskId: string;
  let volumeId: string | undefined;

  beforeAll(async () => {
    await court.open();
    proxy = await HttpProxy.start(new URL(labValue('CINDER_URL')).origin);
    await second.open({ url: proxy.url });
    diskId = await user.disk();
  });
  afterAll(async () => {
    await user.cleanUp();
    await second.close();
    await court.close();
    await proxy.close();
  });

  const shared = {
    canKill: true,
    get faults(): FaultInjector {
      return court.faults;
    },
    ended: (id: string) => court.ended(id),
  };
  const volume = () => court.attribute(`/disks/${diskId}`, 'image_id');
  const act = async (saga: string, action: string, wanted: object) => {
    volumeId = await volume();
    return court.begin(saga, (headers) => user.api.post(`/disks/${diskId}/${action}`, wanted, headers));
  };
  const shown = async () => {
    await court.fork.ready();
    return (await user.api.get(`/disks/${diskId}`)).body;
  };
  const domainId = async () => (await shown())['storage_domains']!['storage_domain']![0]!['id']!;
  const expectVolume = async (isOld: boolean) => {
    await court.audit.agrees();
    expect((await volume()) === volumeId).toBe(isOld);
  };

  const moving = stepsOf(MoveDiskSaga);

  obeysTheLaws({
    ...moving,
    ...shared,
    begin: async () => {
      const [first, other] = [PROVIDER, SECOND].map(async (name) => (await user.domainPath(name)).split('/').at(-1));
      const id = (await domainId()) === (await first) ? await other : await first;
      return act('move-disk', 'move', { storage_domain: { id } });
    },
    verifyFinished: () => expectVolume(false),
    verifyCleanSlate: () => expectVolume(true),
    cleanUp: async () => undefined,
  });

  const retyping = stepsOf(RetypeDiskSaga);

  /** How the data are copied is tried in a move. A type that Cinder has changed stays, so the trials change it to and fro. */
  obeysTheLaws({
    ...retyping,
    steps: ownSteps(retyping, moving),
    ...shared,
    begin: async () => {
      const isMultiattach = (await shown())['openstack_volume_type']?.['name'] === 'ceph-multiattach';
      const disk = { openstack_volume_type: { name: isMultiattach ? 'ceph' : 'ceph-multiattach' } };
      return act('retype-disk', 'move', { storage_domain: { id: await domainId() }, disk });
    },
    verifyFinished: () => expectVolume(true),
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
      begin: () => act('copy-disk', 'copy', { storage_domain: { name: PROVIDER }, disk: { name } }),
      verifyFinished: () => expectCopies(1),
      verifyCleanSlate: () => expectCopies(0),
      cleanUp: async () => {
        for (const id of await copies()) await user.gone(`/disks/${id}`);
      },
    });
  });
});
