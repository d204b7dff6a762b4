import { obeysTheLaws, type FaultInjector } from '@clinker/sagas/testing';
import { PlugDiskSaga } from '../../../engine/src/disk-attachments/plug-disk.saga';
import { UnplugDiskSaga } from '../../../engine/src/disk-attachments/unplug-disk.saga';
import { ExtendDiskSaga } from '../../../engine/src/disks/extend-disk.saga';
import { BARE_VM } from '../installation';
import { labHosts, until } from '../lab';
import { LawCourt, TRIAL_MS } from './law-court';
import { stepsOf } from './saga-anatomy';

jest.setTimeout(TRIAL_MS);

const GIB = 1024 ** 3;

/** Disks of virtio_scsi: QEMU lets them go without a guest that helps. */
describe('disks of a running VM, in an engine that fails and dies', () => {
  const court = new LawCourt();
  const { user } = court;
  let path: string;
  let disk: { vmId: string; diskId: string };

  beforeAll(async () => {
    await court.open();
    const [vmId, bootDiskId, diskId] = await Promise.all([user.vm(BARE_VM), user.disk(), user.disk()]);
    await user.attach(vmId, bootDiskId, { bootable: 'true' });
    await user.attach(vmId, diskId, { active: 'false' });
    await user.start(vmId);
    disk = { vmId, diskId };
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

  describe('that grow while the guest uses them', () => {
    beforeAll(() => become(true));

    const sizeGiB = async () => Number(await court.attribute(`/disks/${disk.diskId}`, 'provisioned_size')) / GIB;
    /** The audit compares database and Cinder; this is what the guest sees. */
    const guestSizeGiB = async () => {
      const libvirt = await court.audit.libvirt(labHosts()[0]!);
      const target = new RegExp(`<target dev='(\\w+)'[^>]*/>(?:(?!</disk>)[^])*${disk.diskId}`).exec(
        await libvirt.domains.xml(disk.vmId),
      )?.[1];
      return (await libvirt.devices.blockInfo(disk.vmId, target!)).capacityBytes / GIB;
    };
    const expectSize = async (...allowed: number[]) => {
      await court.audit.agrees();
      const size = await sizeGiB();
      expect(allowed).toContain(size);
      await until('the guest sees the size', guestSizeGiB, (seen) => seen === size, 5_000);
    };
    let before: number;

    obeysTheLaws({
      ...stepsOf(ExtendDiskSaga),
      ...shared,
      begin: async () => {
        before = await sizeGiB();
        const provisioned_size = (before + 1) * GIB;
        return court.begin('extend-disk', (headers) => user.api.ask('PUT', `/disks/${disk.diskId}`, { provisioned_size }, headers));
      },
      verifyFinished: () => expectSize(before + 1),
      // A volume does not shrink: what Cinder has extended stays extended, everywhere.
      verifyCleanSlate: () => expectSize(before, before + 1),
    });
  });
});
