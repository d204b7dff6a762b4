import { obeysTheLaws, type FaultInjector } from '@clinker/sagas/testing';
import { randomUUID } from 'node:crypto';
import { CreateDiskSaga } from '../../../engine/src/disks/create-disk.saga';
import { RemoveDiskSaga } from '../../../engine/src/disks/remove-disk.saga';
import { UpdateDiskSaga } from '../../../engine/src/disks/update-disk.saga';
import { PROVIDER } from '../installation';
import { LawCourt, TRIAL_MS } from './law-court';
import { stepsOf } from './saga-anatomy';

jest.setTimeout(TRIAL_MS);

describe('disks, in an engine that fails and dies', () => {
  const court = new LawCourt();
  const { user } = court;
  let diskId: string;

  beforeAll(() => court.open());
  afterAll(() => court.close());

  const expectDisk = async (status: string | undefined) => {
    expect(await court.status(`/disks/${diskId}`)).toBe(status);
    await court.audit.agrees();
  };
  const shared = {
    canKill: true,
    get faults(): FaultInjector {
      return court.faults;
    },
    ended: (id: string) => court.ended(id),
  };

  obeysTheLaws({
    ...stepsOf(CreateDiskSaga),
    ...shared,
    begin: () => {
      diskId = randomUUID();
      const disk = {
        id: diskId,
        name: `e2e-${diskId}`,
        provisioned_size: 1024 ** 3,
        format: 'raw',
        storage_domains: { storage_domain: [{ name: PROVIDER }] },
      };
      return court.begin('create-disk', (headers) => user.api.post('/disks', disk, headers));
    },
    verifyFinished: () => expectDisk('ok'),
    verifyCleanSlate: () => expectDisk(undefined),
    cleanUp: () => user.gone(`/disks/${diskId}`),
  });

  obeysTheLaws({
    ...stepsOf(RemoveDiskSaga),
    ...shared,
    begin: async () => {
      if ((await court.status(`/disks/${diskId}`)) === undefined) diskId = await user.disk();
      return court.begin('remove-disk', (headers) => user.api.ask('DELETE', `/disks/${diskId}`, undefined, headers));
    },
    verifyFinished: () => expectDisk(undefined),
    verifyCleanSlate: () => expectDisk('ok'),
    cleanUp: async () => undefined,
  });

  describe('that get another name', () => {
    let name: string;

    const expectName = async () => {
      await court.audit.agrees();
      expect(await court.attribute(`/disks/${diskId}`, 'name')).toBe(name);
      const imageId = await court.attribute(`/disks/${diskId}`, 'image_id');
      const called = await court.audit.volumesNamed(`clinker-${name}`);
      expect(called.map((volume) => volume.id)).toEqual([imageId]);
    };

    beforeAll(async () => {
      await court.fork.ready();
      diskId = await user.disk();
    });
    afterAll(() => user.gone(`/disks/${diskId}`));

    obeysTheLaws({
      ...stepsOf(UpdateDiskSaga),
      ...shared,
      begin: () => {
        name = `e2e-${randomUUID()}`;
        return court.begin('update-disk', (headers) => user.api.ask('PUT', `/disks/${diskId}`, { name }, headers));
      },
      verifyFinished: expectName,
      // The disk has its name at once, and Cinder is told until it knows.
      verifyCleanSlate: expectName,
      cleanUp: async () => undefined,
    });
  });
});
