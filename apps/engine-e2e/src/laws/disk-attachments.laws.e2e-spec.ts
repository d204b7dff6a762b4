import { obeysTheLaws, type FaultInjector } from '@clinker/sagas/testing';
import { PlugDiskSaga } from '../../../engine/src/disk-attachments/plug-disk.saga';
import { UnplugDiskSaga } from '../../../engine/src/disk-attachments/unplug-disk.saga';
import { BARE_VM } from '../installation';
import { LawCourt, TRIAL_MS } from './law-court';
import { stepsOf } from './saga-anatomy';

jest.setTimeout(TRIAL_MS);

/** Disks of virtio_scsi: QEMU lets them go without a guest that helps. */
describe('disks of a running VM, in an engine that fails and dies', () => {
  const court = new LawCourt();
  const { user } = court;
  let path: string;

  beforeAll(async () => {
    await court.open();
    const [vmId, bootDiskId, diskId] = await Promise.all([user.vm(BARE_VM), user.disk(), user.disk()]);
    await user.attach(vmId, bootDiskId, { bootable: 'true' });
    await user.attach(vmId, diskId, { active: 'false' });
    await user.start(vmId);
    path = `/vms/${vmId}/diskattachments/${diskId}`;
  });
  afterAll(() => court.close());

  const isPlugged = async () => (await court.attribute(path, 'active')) === 'true';
  const become = async (plugged: boolean) => {
    if ((await isPlugged()) !== plugged) await user.api.put(path, { active: String(plugged) });
  };
  const expectPlugged = async (plugged: boolean) => {
    await court.audit.agrees();
    expect(await isPlugged()).toBe(plugged);
  };
  const change = (saga: string, active: boolean) =>
    court.begin(saga, (headers) => user.api.ask('PUT', path, { active: String(active) }, headers));
  const shared = {
    canKill: true,
    get faults(): FaultInjector {
      return court.faults;
    },
    ended: (id: string) => court.ended(id),
    cleanUp: async () => undefined,
  };

  obeysTheLaws({
    ...stepsOf(PlugDiskSaga),
    ...shared,
    begin: async () => {
      await become(false);
      return change('plug-disk', true);
    },
    verifyFinished: () => expectPlugged(true),
    verifyCleanSlate: () => expectPlugged(false),
  });

  obeysTheLaws({
    ...stepsOf(UnplugDiskSaga),
    ...shared,
    begin: async () => {
      await become(true);
      return change('unplug-disk', false);
    },
    verifyFinished: () => expectPlugged(false),
    verifyCleanSlate: () => expectPlugged(true),
  });
});
