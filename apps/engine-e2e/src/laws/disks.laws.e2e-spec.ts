import { obeysTheLaws, type FaultInjector } from '@clinker/sagas/testing';
import { randomUUID } from 'node:crypto';
import { CreateDiskSaga } from '../../../engine/src/disks/create-disk.saga';
import { RegisterDiskSaga } from '../../../engine/src/disks/register-disk.saga';
import { RemoveDiskSaga } from '../../../engine/src/disks/remove-disk.saga';
import { UnregisterDiskSaga } from '../../../engine/src/disks/unregister-disk.saga';
import { UpdateDiskSaga } from '../../../engine/src/disks/update-disk.saga';
import { ForeignVolumes } from '../disks/foreign-volumes';
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

  describe('that were volumes of somebody else', () => {
    const foreign = new ForeignVolumes();
    let domainId: string;
    let volumeId: string;

    beforeAll(async () => {
      await court.fork.ready();
      domainId = (await user.ensureStorage()).domainId;
      const { id } = await foreign.volume({ whose: 'mine' });
      await foreign.snapshot(id);
      volumeId = id;
    });
    afterAll(() => foreign.close());

    const disks = () => `/storagedomains/${domainId}/disks`;
    const expectMine = async (mine: boolean) => {
      await court.audit.agrees();
      expect(await court.status(`/disks/${volumeId}`)).toBe(mine ? 'ok' : undefined);
      const [{ metadata }, snapshots] = await Promise.all([foreign.cinder.volume(volumeId), foreign.cinder.findSnapshots({ volumeId })]);
      const marks = mine ? { clinker_disk_id: volumeId, clinker_installation: expect.any(String) as string } : {};
      expect(metadata).toEqual({ whose: 'mine', ...marks });
      expect(snapshots.map((snapshot) => snapshot.metadata)).toEqual([marks]);
    };
    const become = async (mine: boolean) => {
      if (((await court.status(`/disks/${volumeId}`)) === 'ok') === mine) return;
      if (mine) await user.api.post(`${disks()};unregistered=true`, { id: volumeId });
      else await user.api.delete(`${disks()}/${volumeId};unregister=true`);
    };

    obeysTheLaws({
      ...stepsOf(RegisterDiskSaga),
      ...shared,
      begin: async () => {
        await become(false);
        return court.begin('register-disk', (headers) => user.api.post(`${disks()};unregistered=true`, { id: volumeId }, headers));
      },
      verifyFinished: () => expectMine(true),
      verifyCleanSlate: () => expectMine(false),
      cleanUp: () => become(false),
    });

    obeysTheLaws({
      ...stepsOf(UnregisterDiskSaga),
      ...shared,
      begin: async () => {
        await become(true);
        const path = `${disks()}/${volumeId};unregister=true`;
        return court.begin('unregister-disk', (headers) => user.api.ask('DELETE', path, undefined, headers));
      },
      verifyFinished: () => expectMine(false),
      verifyCleanSlate: () => expectMine(true),
      cleanUp: () => become(false),
    });
  });
});
