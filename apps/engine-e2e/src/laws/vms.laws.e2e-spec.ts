import { obeysTheLaws, type FaultInjector } from '@clinker/sagas/testing';
import { CleanUpVmSaga } from '../../../engine/src/vms/clean-up-vm.saga';
import { RemoveVmWithDisksSaga } from '../../../engine/src/vms/remove-vm-with-disks.saga';
import { RemoveVmSaga } from '../../../engine/src/vms/remove-vm.saga';
import { RestartVmSaga } from '../../../engine/src/vms/restart-vm.saga';
import { RunVmSaga } from '../../../engine/src/vms/run-vm.saga';
import { ShutDownVmSaga } from '../../../engine/src/vms/shut-down-vm.saga';
import { StopVmSaga } from '../../../engine/src/vms/stop-vm.saga';
import { BARE_VM } from '../installation';
import { labHosts, until } from '../lab';
import { LawCourt, TRIAL_MS } from './law-court';
import { stepsOf, untilNoReturn } from './saga-anatomy';

jest.setTimeout(TRIAL_MS);

describe('VMs, in an engine that fails and dies', () => {
  const court = new LawCourt();
  const { user } = court;
  let diskId: string;
  let vmId: string;

  beforeAll(async () => {
    await court.open();
    diskId = await user.disk();
    vmId = await user.vm(BARE_VM);
    await user.attach(vmId, diskId, { bootable: 'true' });
  });
  afterAll(() => court.close());

  const shared = {
    canKill: true,
    get faults(): FaultInjector {
      return court.faults;
    },
    ended: (id: string) => court.ended(id),
  };
  const expectVm = async (...statuses: (string | undefined)[]) => {
    await court.audit.agrees();
    expect(statuses).toContain(await court.status(`/vms/${vmId}`));
  };
  const ensureUp = async () => {
    if ((await court.status(`/vms/${vmId}`)) === 'down') await user.start(vmId);
  };
  const act = (saga: string, action: string) => court.begin(saga, (headers) => user.api.post(`/vms/${vmId}/${action}`, {}, headers));

  obeysTheLaws({
    ...stepsOf(RunVmSaga),
    ...shared,
    begin: () => act('run-vm', 'start'),
    verifyFinished: () => expectVm('up'),
    verifyCleanSlate: () => expectVm('down'),
    cleanUp: async () => {
      if ((await court.status(`/vms/${vmId}`)) === 'up') await user.stop(vmId);
    },
  });

  obeysTheLaws({
    ...stepsOf(RestartVmSaga),
    ...shared,
    begin: async () => {
      await ensureUp();
      return act('restart-vm', 'reset');
    },
    verifyFinished: () => expectVm('up'),
    verifyCleanSlate: () => expectVm('up'),
    cleanUp: async () => undefined,
  });

  obeysTheLaws({
    ...stepsOf(StopVmSaga),
    ...shared,
    begin: async () => {
      await ensureUp();
      return act('stop-vm', 'stop');
    },
    verifyFinished: () => expectVm('down'),
    // What was switched off does not come back: then the VM is cleaned up after.
    verifyCleanSlate: () => expectVm('up', 'down'),
    cleanUp: async () => undefined,
  });

  describe('with a guest that obeys the power button', () => {
    let bareVmId: string;

    beforeAll(async () => {
      if ((await court.status(`/vms/${vmId}`)) === 'up') await user.stop(vmId);
      bareVmId = vmId;
      vmId = await user.vm();
    });
    afterAll(() => {
      vmId = bareVmId;
    });

    /** How its disks are detached then is tried in a stop. */
    obeysTheLaws({
      ...untilNoReturn(stepsOf(ShutDownVmSaga)),
      ...shared,
      begin: async () => {
        if ((await court.status(`/vms/${vmId}`)) === 'down') {
          await user.start(vmId);
          await user.guestSays(vmId, 'clinker-guest: ready');
        }
        return act('shut-down-vm', 'shutdown');
      },
      verifyFinished: () => expectVm('down'),
      verifyCleanSlate: () => expectVm('up', 'down'),
      cleanUp: async () => undefined,
    });
  });

  /** Nobody has asked for a clean-up, so nobody is told when its leading step fails: then it is tried again without being asked. */
  const refusedIfSo = async () => {
    const [leading] = stepsOf(CleanUpVmSaga).steps;
    if (!court.fork.unstruck.some(({ step, phase, action }) => step === leading && phase === 'run' && action === 'fail')) return;
    await until(
      'the fault strikes',
      async () => court.fork.unstruck.length,
      (left) => left === 0,
    );
    throw new Error('The first clean-up was refused');
  };

  /** Cuts the power of the VM behind the engine's back, and finds the operation that cleans up. */
  const crash = async (): Promise<string> => {
    await ensureUp();
    const since = await court.now();
    const libvirt = await court.audit.libvirt(labHosts()[0]!);
    await libvirt.domains.destroy(vmId);
    await refusedIfSo();
    const look = () => court.operationOf('clean-up-vm', vmId, since);
    return (await until('the engine cleans up', look, (id) => id !== undefined, 20_000))!;
  };

  obeysTheLaws({
    ...untilNoReturn(stepsOf(CleanUpVmSaga)),
    ...shared,
    begin: crash,
    verifyFinished: () => expectVm('down'),
    // It is begun again by itself, until it succeeds.
    verifyCleanSlate: async () => {
      await user.vmIs(vmId, 'down');
      await expectVm('down');
    },
    cleanUp: async () => undefined,
  });

  describe('that are removed', () => {
    const ensureVmWithDisk = async () => {
      const [vm, disk] = [await court.status(`/vms/${vmId}`), await court.status(`/disks/${diskId}`)];
      if (vm !== undefined && disk !== undefined) return;
      if (vm !== undefined) await user.gone(`/vms/${vmId}`);
      if (disk !== undefined) await user.gone(`/disks/${diskId}`);
      [vmId, diskId] = await Promise.all([user.vm(BARE_VM), user.disk()]);
      await user.attach(vmId, diskId);
    };

    obeysTheLaws({
      ...stepsOf(RemoveVmSaga),
      ...shared,
      begin: async () => {
        await ensureVmWithDisk();
        return court.begin('remove-vm', (headers) => user.api.ask('DELETE', `/vms/${vmId}?detach_only=true`, undefined, headers));
      },
      verifyFinished: async () => {
        await expectVm(undefined);
        expect(await court.status(`/disks/${diskId}`)).toBe('ok');
      },
      verifyCleanSlate: () => expectVm('down'),
      cleanUp: async () => undefined,
    });

    obeysTheLaws({
      ...stepsOf(RemoveVmWithDisksSaga),
      ...shared,
      begin: async () => {
        await ensureVmWithDisk();
        return court.begin('remove-vm-with-disks', (headers) => user.api.ask('DELETE', `/vms/${vmId}`, undefined, headers));
      },
      verifyFinished: async () => {
        await expectVm(undefined);
        expect(await court.status(`/disks/${diskId}`)).toBeUndefined();
      },
      // A disk that is being removed is not taken back: the VM stays with what is left.
      verifyCleanSlate: () => expectVm('down'),
      cleanUp: async () => undefined,
    });
  });
});
