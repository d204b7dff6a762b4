import { obeysTheLaws, type FaultInjector } from '@clinker/sagas/testing';
import { ResumeVmSaga } from '../../../engine/src/vms/resume-vm.saga';
import { StopSuspendedVmSaga } from '../../../engine/src/vms/stop-suspended-vm.saga';
import { SuspendVmSaga } from '../../../engine/src/vms/suspend-vm.saga';
import { BARE_VM } from '../installation';
import { LawCourt, TRIAL_MS } from './law-court';
import { stepsOf } from './saga-anatomy';

jest.setTimeout(TRIAL_MS);

/** What is done here and nowhere else. The other steps are tried in snapshots with memory, and in starts and stops of VMs; each trial costs seconds. */
function inShort({ pointOfNoReturn, ...saga }: ReturnType<typeof stepsOf>, tried: RegExp): ReturnType<typeof stepsOf> {
  const steps = saga.steps.filter((step) => tried.test(step));
  return { ...saga, steps, ...(pointOfNoReturn !== undefined && steps.includes(pointOfNoReturn) ? { pointOfNoReturn } : {}) };
}

describe('suspended VMs, in an engine that fails and dies', () => {
  const court = new LawCourt();
  const { user } = court;
  let vmId: string;

  beforeAll(async () => {
    await court.open();
    const [id, diskId] = await Promise.all([user.vm(BARE_VM), user.disk()]);
    await user.attach(id, diskId, { bootable: 'true' });
    vmId = id;
  });
  afterAll(() => court.close());

  /** What an engine forgets that dies is the same in starts and in snapshots with memory, and tried there. */
  const shared = {
    canKill: false,
    get faults(): FaultInjector {
      return court.faults;
    },
    ended: (id: string) => court.ended(id),
    cleanUp: async () => undefined,
  };
  const status = () => court.status(`/vms/${vmId}`);
  const act = (saga: string, action: string) => court.begin(saga, (headers) => user.api.post(`/vms/${vmId}/${action}`, {}, headers));
  const ensureUp = async () => {
    if ((await status()) !== 'up') await user.start(vmId);
  };
  const ensureSuspended = async () => {
    if ((await status()) === 'suspended') return;
    await ensureUp();
    await user.api.post(`/vms/${vmId}/suspend`);
    await user.vmIs(vmId, 'suspended');
  };
  const memories = async () =>
    (await court.audit.database.query<{ kept: boolean }>('SELECT for_next_run AS kept FROM snapshot_memory WHERE vm_id = $1', [vmId])).rows;
  const expectVm = async (...statuses: (string | undefined)[]) => {
    await court.audit.agrees();
    const seen = await status();
    expect(statuses).toContain(seen);
    expect(await memories()).toEqual(seen === 'suspended' ? [{ kept: true }] : []);
  };

  obeysTheLaws({
    ...inShort(stepsOf(SuspendVmSaga), /end the paused guest/),
    ...shared,
    canKill: true,
    begin: async () => {
      await ensureUp();
      return act('suspend-vm', 'suspend');
    },
    verifyFinished: () => expectVm('suspended'),
    // A guest that has ended does not come back: then the VM is cleaned up after.
    verifyCleanSlate: () => expectVm('up', 'down'),
  });

  obeysTheLaws({
    ...inShort(stepsOf(ResumeVmSaga), /standing still|go on/),
    ...shared,
    begin: async () => {
      await ensureSuspended();
      return act('resume-vm', 'start');
    },
    verifyFinished: () => expectVm('up'),
    verifyCleanSlate: () => expectVm('suspended'),
  });

  obeysTheLaws({
    ...inShort(stepsOf(StopSuspendedVmSaga), /remove the volume/),
    ...shared,
    begin: async () => {
      await ensureSuspended();
      return act('stop-suspended-vm', 'stop');
    },
    verifyFinished: () => expectVm('down'),
    verifyCleanSlate: () => expectVm('suspended'),
  });
});
