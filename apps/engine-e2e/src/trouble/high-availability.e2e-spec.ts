import { body } from '../api.client';
import { DEAD_WATCHER_MS } from '../audit';
import { EngineFork } from '../engine-fork';
import { BARE_VM, guestOs } from '../installation';
import { inLab, labHosts, until } from '../lab';
import { TROUBLE_MS, TroubleBed, withDead } from './trouble-bed';

jest.setTimeout(TROUBLE_MS);

const AVAILABLE = { high_availability: { enabled: 'true', priority: '50' } };

/** It needs no disk, and finds nothing to boot. */
const DISKLESS_VM = { ...BARE_VM, os: { type: 'other_linux', boot: { devices: { device: ['network'] } } } };

describe('a highly available VM', () => {
  const bed = new TroubleBed();
  const { user, api } = bed;
  const host = labHosts()[0]!;

  beforeAll(() => bed.open());
  afterEach(() => bed.settle(DEAD_WATCHER_MS));
  afterAll(() => bed.close());

  const killQemu = (vmId: string) => inLab(host, 'pkill', '-KILL', '-f', `uuid ${vmId}`);
  const vm = async (vmId: string) => body(await api.get(`/vms/${vmId}`));
  /** Events of all that has followed from the VM's end, by its correlation id. */
  const codesAfterEnd = async (vmId: string) => {
    const { rows } = await bed.audit.database.query<{ code: number }>(
      'SELECT code FROM event WHERE vm_id = $1 AND correlation_id = (SELECT correlation_id FROM event WHERE vm_id = $1 AND code = 119) ORDER BY id',
      [vmId],
    );
    return rows.map(({ code }) => code);
  };
  /** What is to be started again is noted in the moment in which it is down. */
  const staysDown = async (vmId: string) => {
    await user.vmIs(vmId, 'down');
    expect((await bed.audit.database.query('SELECT FROM vm_restart WHERE vm_id = $1', [vmId])).rowCount).toBe(0);
  };
  const powersOff = async (vmId: string) => {
    const { domains } = await bed.audit.libvirt(host);
    await domains.shutdown(vmId, { by: 'acpi' });
    const isThere = async () => (await domains.list()).some(({ uuid }) => uuid === vmId);
    await until('the guest is off', isThere, (there) => !there);
  };
  const restarted = (vmId: string, before: string | undefined, withinMs?: number) =>
    until(
      `${vmId} runs anew`,
      () => vm(vmId),
      (seen) => seen['status'] === 'up' && seen['start_time'] !== before,
      withinMs,
    );

  it('whose QEMU is killed runs again, and another stays down', async () => {
    const [available, plain] = [(await bed.vmWithDisk({ ...BARE_VM, ...AVAILABLE })).vmId, await user.vm(DISKLESS_VM)];
    await Promise.all([user.start(available), user.start(plain)]);
    const before = await vm(available);
    expect(before['high_availability']).toEqual({ enabled: 'true', priority: '50' });
    await Promise.all([killQemu(available), killQemu(plain)]);
    await restarted(available, before['start_time']);
    await staysDown(plain);
    const ended = () => codesAfterEnd(available);
    expect(await until('the restart has ended', ended, (codes) => codes.includes(32))).toEqual([119, 9602, 153, 506, 32]);
    expect(await codesAfterEnd(plain)).toEqual([119]);
  });

  it('whose guest powers off stays down, even if no engine has seen it, and so does one that a user stops', async () => {
    const [seen, unseen] = await Promise.all([user.vm({ os: guestOs(), ...AVAILABLE }), user.vm({ os: guestOs(), ...AVAILABLE })]);
    await Promise.all([user.start(seen), user.start(unseen)]);
    await Promise.all([seen, unseen].map((vmId) => user.guestSays(vmId, 'clinker-guest: ready')));
    await powersOff(seen);
    await staysDown(seen);
    await withDead(['engine'], () => powersOff(unseen));
    await staysDown(unseen);
    expect((await vm(unseen))['stop_reason']).toBe('The guest powered off.');
    await user.start(seen);
    await user.stop(seen);
    await staysDown(seen);
  });

  it('of a host that is lost waits for another, tells why, and runs when there is one', async () => {
    const { vmId } = await bed.vmWithDisk({ ...BARE_VM, ...AVAILABLE });
    await user.start(vmId);
    const { start_time: before, host: first } = await vm(vmId);
    const isAlone = labHosts().length === 1;
    const hostIs = (status: string) =>
      until(
        `host ${status}`,
        async () => body(await api.get(`/hosts/${first!['id']!}`))['status'],
        (seen) => seen === status,
      );
    await withDead(['agent-host-1'], async () => {
      await hostIs('non_responsive');
      body(await api.post(`/hosts/${first!['id']!}/fence`, { fence_type: 'manual' }), 200);
      if (!isAlone) return void (await restarted(vmId, before));
      await until(
        'the reason is told',
        async () => (await vm(vmId))['stop_reason'] ?? '',
        (reason) => /^Restart of the Highly Available VM .*host-1 is down.* tried again in 30 s \(attempt 2 of 10\)/.test(reason),
      );
    });
    await restarted(vmId, before);
    await user.hostsAre('up');
    const { host: second } = await vm(vmId);
    expect(second!['id'] === first!['id']).toBe(isAlone);
  });

  describe('in an engine that dies', () => {
    const fork = new EngineFork();

    beforeAll(() => fork.takeOver());
    afterAll(() => fork.giveBack());

    it('between its end and its restart is restarted once', async () => {
      const vmId = await user.vm({ ...DISKLESS_VM, ...AVAILABLE });
      await user.start(vmId);
      const { start_time: before } = await vm(vmId);
      const since = await bed.now();
      const kill = (saga: string, step: string, when: 'before' | 'after') => ({ saga, step, when, phase: 'run', action: 'kill' }) as const;
      await fork.arm(
        kill('clean-up-vm', 'note that the VM is down', 'after'),
        kill('run-vm', 'choose a host', 'before'),
        kill('run-vm', 'choose a host', 'after'),
        kill('run-vm', 'start the VM on the host', 'after'),
      );
      await killQemu(vmId);
      await until(
        'the engine has died four times',
        async () => fork.unstruck.length,
        (left) => left === 0,
      );
      await fork.ready();
      await restarted(vmId, before);
      const look = async () => {
        const { rows } = await bed.audit.database.query<{ saga: string; status: string }>(
          `SELECT saga, status FROM operation WHERE started_at >= $1 AND subjects @> jsonb_build_array(jsonb_build_object('id', $2::text)) ORDER BY started_at`,
          [since, vmId],
        );
        return rows.map(({ saga, status }) => `${saga} ${status}`);
      };
      const rows = await until('the restart has ended', look, (jobs) => !jobs.some((job) => job.endsWith('running')));
      expect(rows).toEqual(['clean-up-vm finished', 'run-vm finished']);
    });
  });
});
