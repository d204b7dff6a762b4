import { EngineFork } from '../engine-fork';
import { BARE_VM } from '../installation';
import { DEAD_WATCHER_MS } from '../audit';
import { inLab, lab, until } from '../lab';
import { TROUBLE_MS, TroubleBed, refusal, refused, withDead } from './trouble-bed';

jest.setTimeout(TROUBLE_MS);

describe('trouble with a host', () => {
  const bed = new TroubleBed();
  const { user, api } = bed;

  beforeAll(() => bed.open());
  afterEach(async () => {
    await user.hostsAre('up');
    await bed.settle(DEAD_WATCHER_MS);
  });
  afterAll(() => bed.close());

  it('that is away: no start, and the reason is told', async () => {
    const { vmId } = await bed.vmWithDisk(BARE_VM);
    await withDead(['agent-host-1'], async () => {
      await user.hostsAre('non_responsive');
      const none = refused(409, /There is no host that satisfies current scheduling constraints.*host-1 is non responsive/);
      expect(refusal(await api.post(`/vms/${vmId}/start`))).toEqual(none);
    });
    await user.hostsAre('up');
    await user.start(vmId);
  });

  it('whose agent dies: its guests go on, and are known again afterwards', async () => {
    const { vmId } = await bed.vmWithDisk(BARE_VM);
    await user.start(vmId);
    await withDead(['agent-host-1'], () => user.vmIs(vmId, 'unknown'));
    await user.vmIs(vmId, 'up');
    await bed.audit.agrees();
  });

  it('whose libvirt dies: its guests go on, and it has its secrets again before the next start', async () => {
    const [running, next] = await Promise.all([bed.vmWithDisk(BARE_VM), bed.vmWithDisk(BARE_VM)]);
    await user.start(running.vmId);
    await lab('kill', 'libvirtd-host-1');
    await lab('start', 'libvirtd-host-1');
    // The host is non_operational until its agent has told that libvirt is back.
    await until(
      'the start is accepted',
      () => api.post(`/vms/${next.vmId}/start`),
      ({ status }) => status === 200,
    );
    await user.vmIs(next.vmId, 'up');
    await bed.audit.agrees();
  });

  it('that loses its power: its VMs are down, and their volumes free', async () => {
    const { vmId } = await bed.vmWithDisk(BARE_VM);
    await user.start(vmId);
    await lab('kill', 'machine-host-1');
    await lab('start', 'host-1');
    await user.vmIs(vmId, 'down');
    await bed.audit.agrees(DEAD_WATCHER_MS);
  });

  it('whose QEMU is killed: the VM is cleaned up after', async () => {
    const { vmId } = await bed.vmWithDisk(BARE_VM);
    await user.start(vmId);
    await inLab('host-1', 'pkill', '-KILL', '-f', `uuid ${vmId}`);
    await user.vmIs(vmId, 'down');
    await bed.audit.agrees(DEAD_WATCHER_MS);
  });

  describe('in the middle of a start', () => {
    const fork = new EngineFork();

    beforeAll(() => fork.takeOver());
    afterEach(() => fork.disarm());
    afterAll(() => fork.giveBack());

    /** Starts a VM, and does something while the engine stands still right before it asks the host. */
    const startInterrupted = async (vmId: string, meanwhile: () => Promise<unknown>) => {
      await fork.arm({ saga: 'run-vm', step: 'start the VM on the host', phase: 'run', when: 'before', action: 'freeze' });
      const answer = api.post(`/vms/${vmId}/start`);
      await until(
        'the engine stands still',
        async () => fork.unstruck.length,
        (left) => left === 0,
      );
      try {
        await meanwhile();
      } finally {
        fork.process.signal('SIGCONT');
      }
      expect((await answer).status).toBe(200);
    };

    it('is waited for, and the start is finished', async () => {
      const { vmId } = await bed.vmWithDisk(BARE_VM);
      await startInterrupted(vmId, () => lab('kill', 'agent-host-1'));
      await lab('start', 'agent-host-1');
      await user.vmIs(vmId, 'up');
      await bed.audit.agrees();
    });

    it('is waited for when its libvirt is gone', async () => {
      const { vmId } = await bed.vmWithDisk(BARE_VM);
      await startInterrupted(vmId, () => lab('kill', 'libvirtd-host-1'));
      await lab('start', 'libvirtd-host-1');
      await user.vmIs(vmId, 'up');
      await bed.audit.agrees();
    });

    it('is waited for when it comes back from a power cut', async () => {
      const { vmId } = await bed.vmWithDisk(BARE_VM);
      await startInterrupted(vmId, () => lab('kill', 'machine-host-1'));
      await lab('start', 'host-1');
      await user.vmIs(vmId, 'up');
      await bed.audit.agrees();
    });
  });
});
