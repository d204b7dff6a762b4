import { randomUUID } from 'node:crypto';
import { VmPool } from '../vm-pools/vm-pool.entity';
import { UNKNOWN_CAUSE } from './domain.verdict';
import { ComputeFixture, GIB, ORIGIN } from './testing/compute.fixture';
import { Vm } from './vm.entity';
import { VmRestart } from './vm-restart.entity';
import { RESTARTS_LOCK } from './vm-restart.rules';

const REASON = 'The VM crashed (failed).';
const FAILED = 'It will be restarted automatically.';

let compute: ComputeFixture;
const vmNow = (id: string) => compute.db.findOneByOrFail(Vm, { id });
const waiting = () => compute.db.findBy(VmRestart, {});
const jobs = (id: string) =>
  compute.db.query<{ id: string; correlationId: string }[]>(
    `SELECT id, correlation_id AS "correlationId" FROM operation WHERE saga = 'run-vm' AND subjects @> $1::jsonb ORDER BY started_at`,
    [JSON.stringify([{ type: 'vm', id }])],
  );
/** One sweep. @returns how many were served */
const sweep = async (): Promise<number> => {
  await compute.restarts.forgetSettled();
  let served = 0;
  while (await compute.restarts.serveNext()) served += 1;
  return served;
};

beforeAll(async () => {
  compute = await ComputeFixture.create();
});
afterAll(() => compute?.close());
beforeEach(() => compute.clear());

const available = (name: string, priority = 1, memory = GIB) =>
  compute.vm(name, { memory, high_availability: { enabled: true, priority } });
const wants = (vmId: string, vmName: string) =>
  compute.db.transaction((tx) => compute.restarts.want({ vmId, vmName, reason: REASON }, `after-${vmName}`, tx));
/** A highly available VM that has just gone down. */
const failed = async (name: string, priority = 1, memory = GIB): Promise<string> => {
  const { id } = await available(name, priority, memory);
  await wants(id, name);
  return id;
};
/** The start that is under way ends, as its saga would leave it. */
const startEnds = async (id: string, status: 'finished' | 'failed', error: string | null = null) => {
  const job = (await jobs(id)).at(-1)!;
  await compute.db.query('UPDATE operation SET status = $2, step = NULL, ended_at = clock_timestamp(), error = $3 WHERE id = $1', [
    job.id,
    status,
    error,
  ]);
  const up = { status: 'up' as const, startTime: new Date() };
  await compute.db.update(Vm, { id }, status === 'finished' ? up : { status: 'down', hostId: null });
};
const intoPool = async (vmId: string) => {
  const { clusterId, templateId } = await vmNow(vmId);
  const texts = { name: `pool-${vmId}`, description: '', comment: '', type: 'automatic' as const, status: 'ok' as const };
  const pool = {
    ...texts,
    id: randomUUID(),
    clusterId,
    templateId,
    stateful: false,
    maxUserVms: 1,
    prestartedVms: 0,
    creationTime: new Date(),
  };
  await compute.db.insert(VmPool, pool);
  await compute.db.update(Vm, { id: vmId }, { vmPoolId: pool.id });
};
const goesDown = (id: string) => compute.db.update(Vm, { id }, { status: 'down', hostId: null });
const becomesDue = () => compute.db.query(`UPDATE vm_restart SET next_attempt_at = clock_timestamp() - interval '1 second'`);

describe('a highly available VM that went down', () => {
  it('is started again, as anybody would start it, under the correlation id of what has happened', async () => {
    const hostId = await compute.host('a');
    const id = await failed('web');
    expect((await vmNow(id)).stopReason).toBe(`${REASON} ${FAILED}`);
    expect(await sweep()).toBe(1);
    expect(await vmNow(id)).toMatchObject({ status: 'wait_for_launch', hostId, stopReason: '' });
    expect(await jobs(id)).toMatchObject([{ correlationId: 'after-web' }]);
    const events = await compute.db.query<object[]>('SELECT code, description, correlation_id FROM event WHERE code IN (506, 9602)');
    expect(events).toEqual([
      { code: 9602, description: `Highly Available VM web failed. ${FAILED}`, correlation_id: null },
      { code: 506, description: 'Trying to restart VM web on Host a', correlation_id: 'after-web' },
    ]);
    expect(await sweep()).toBe(0);
    await startEnds(id, 'finished');
    expect(await sweep()).toBe(0);
    expect(await jobs(id)).toHaveLength(1);
  });

  it('is left alone if it is not highly available, is a VM of a pool, runs again, or a user has just tried to stop it', async () => {
    await compute.host('a');
    const plain = await compute.vm('plain');
    await wants(plain.id, 'plain');
    const up = await available('up');
    await compute.db.update(Vm, { id: up.id }, { status: 'up' });
    await wants(up.id, 'up');
    const pooled = await available('pooled');
    await intoPool(pooled.id);
    await wants(pooled.id, 'pooled');
    const stopped = await available('stopped');
    await compute.power.start(stopped.id, {}, ORIGIN);
    await compute.db.update(Vm, { id: stopped.id }, { status: 'up', startTime: new Date(Date.now() - 1000) });
    const stopId = await compute.power.stop(stopped.id, ORIGIN);
    await compute.db.query(`UPDATE operation SET status = 'failed', step = NULL, ended_at = clock_timestamp() WHERE id = $1`, [stopId]);
    await goesDown(stopped.id);
    await wants(stopped.id, 'stopped');
    expect(await waiting()).toEqual([]);
    await compute.db.query(`UPDATE operation SET ended_at = ended_at - interval '16 minutes' WHERE id = $1`, [stopId]);
    await wants(stopped.id, 'stopped');
    expect(await waiting()).toMatchObject([{ vmId: stopped.id }]);
  });

  it('goes before others of a lower priority, and one of the same that went down later', async () => {
    await compute.host('a', { memoryBytes: 64 * GIB });
    const ids = [await failed('low', 1), await failed('high', 100), await failed('middle', 50), await failed('late', 50)];
    expect(await sweep()).toBe(4);
    const tried = (await compute.eventTexts()).flatMap((text) => /^Trying to restart VM (\w+)/.exec(text)?.[1] ?? []);
    expect(tried).toEqual(['high', 'middle', 'late', 'low']);
    expect(await Promise.all(ids.map(async (id) => (await vmNow(id)).status))).toEqual(Array(4).fill('wait_for_launch'));
  });

  it('is started once, however many engines look', async () => {
    await compute.host('a', { memoryBytes: 64 * GIB });
    const ids = [await failed('one'), await failed('two'), await failed('three')];
    await compute.db.transaction(async (anotherEngine) => {
      await anotherEngine.query(RESTARTS_LOCK);
      expect(await sweep()).toBe(0);
    });
    await Promise.all([sweep(), sweep(), sweep()]);
    await sweep();
    expect(await Promise.all(ids.map(async (id) => (await jobs(id)).length))).toEqual([1, 1, 1]);
  });

  it('waits for one with a higher priority that is still being cleaned up after, but not for ever', async () => {
    await compute.host('a', { memoryBytes: 64 * GIB });
    const higher = await available('higher', 9);
    await compute.power.start(higher.id, {}, ORIGIN);
    await startEnds(higher.id, 'finished');
    await compute.states.settle(await vmNow(higher.id), undefined, UNKNOWN_CAUSE);
    expect((await vmNow(higher.id)).status).toBe('powering_down');
    const lower = await failed('lower', 1);
    const equal = await failed('equal', 9);
    expect(await sweep()).toBe(1);
    expect([(await vmNow(lower)).status, (await vmNow(equal)).status]).toEqual(['down', 'wait_for_launch']);
    await compute.db.query(`UPDATE vm_restart SET since = since - interval '31 seconds' WHERE vm_id = $1`, [lower]);
    expect(await sweep()).toBe(1);
    expect((await vmNow(lower)).status).toBe('wait_for_launch');
  });
});

const FORGETTING = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'DELETE FROM vm_restart%'`;

describe('a restart that does not succeed', () => {
  it('is tried again after ever longer pauses, tells why it waits, and is given up at last', async () => {
    const id = await failed('web');
    const why =
      'Cannot run VM. There is no host that satisfies current scheduling constraints. See below for details:, The cluster has no hosts.';
    const told = [];
    for (const seconds of [30, 60]) {
      expect(await sweep()).toBe(1);
      const [row] = await waiting();
      told.push(
        `Restart of the Highly Available VM web failed: ${why} It is tried again in ${seconds} s (attempt ${row!.attempts + 1} of 3).`,
      );
      expect((await vmNow(id)).stopReason).toBe(told.at(-1));
      expect(row!.nextAttemptAt.getTime() - Date.now()).toBeGreaterThan((seconds - 5) * 1000);
      expect(await sweep()).toBe(0);
      await becomesDue();
    }
    expect(await sweep()).toBe(1);
    const last = `Highly Available VM web could not be restarted automatically, exceeded the maximum number of attempts (3): ${why}`;
    expect(await vmNow(id)).toMatchObject({ status: 'down', stopReason: last });
    expect(await waiting()).toEqual([]);
    expect(await compute.eventTexts()).toEqual(expect.arrayContaining([...told, last]));
  });

  it('is tried at once when a host comes', async () => {
    const id = await failed('web');
    await sweep();
    await compute.host('a');
    expect(await sweep()).toBe(0);
    await compute.restarts.hurry(0);
    expect(await sweep()).toBe(1);
    expect((await vmNow(id)).status).toBe('wait_for_launch');
  });

  it('is put off as well when the start has begun and failed', async () => {
    await compute.host('a');
    const id = await failed('web');
    await sweep();
    await startEnds(id, 'failed', 'No monitor answers.');
    expect(await sweep()).toBe(1);
    expect(await waiting()).toMatchObject([{ attempts: 1, operationId: null }]);
    expect((await vmNow(id)).stopReason).toBe(
      'Restart of the Highly Available VM web failed: No monitor answers. It is tried again in 30 s (attempt 2 of 3).',
    );
    await becomesDue();
    await sweep();
    expect(await jobs(id)).toHaveLength(2);
  });

  it('counts as one that fails when the VM goes down again and again, but not after it has run for long', async () => {
    await compute.host('a');
    const id = await failed('web');
    for (const attempts of [1, 2]) {
      expect(await sweep()).toBe(1);
      await startEnds(id, 'finished');
      expect(await sweep()).toBe(0);
      await goesDown(id);
      await wants(id, 'web');
      expect(await waiting()).toMatchObject([{ attempts, operationId: null }]);
      const why = `It will be restarted automatically in ${30 * attempts} s, as it has failed ${attempts + 1} times in short order.`;
      expect((await vmNow(id)).stopReason).toBe(`${REASON} ${why}`);
      expect(await sweep()).toBe(0);
      await becomesDue();
    }
    await sweep();
    await startEnds(id, 'finished');
    await compute.db.update(Vm, { id }, { startTime: new Date(Date.now() - 601_000) });
    await sweep();
    expect(await waiting()).toEqual([]);
    await goesDown(id);
    await wants(id, 'web');
    expect(await waiting()).toMatchObject([{ attempts: 0 }]);
  });

  it('is not forgotten if the VM goes down in the moment in which it is taken for restarted', async () => {
    await compute.host('a');
    const id = await failed('web');
    await sweep();
    await startEnds(id, 'finished');
    await compute.db.update(Vm, { id }, { startTime: new Date(Date.now() - 601_000) });
    let forgetting = Promise.resolve();
    await compute.db.transaction(async (cleanUp) => {
      await cleanUp.update(Vm, { id }, { status: 'down', hostId: null });
      await compute.restarts.want({ vmId: id, vmName: 'web', reason: REASON }, 'again', cleanUp);
      forgetting = compute.restarts.forgetSettled();
      while ((await compute.db.query<unknown[]>(FORGETTING)).length === 0);
    });
    await forgetting;
    expect(await waiting()).toMatchObject([{ correlationId: 'again' }]);
  });
});

describe('somebody who wants something else', () => {
  it.each(['stop', 'shutDown'] as const)('by a %s of a VM that waits keeps it down', async (how) => {
    const id = await failed('web');
    await sweep();
    expect(await compute.power[how](id, ORIGIN)).toBeUndefined();
    await compute.host('a');
    await compute.restarts.hurry(0);
    expect(await sweep()).toBe(0);
    expect(await vmNow(id)).toMatchObject({ status: 'down', stopReason: REASON });
    await expect(compute.power[how](id, ORIGIN)).rejects.toThrow('VM is not running.');
  });

  it('by a stop of a VM that is being started is not forgotten when that start has been taken back', async () => {
    await compute.host('a');
    const id = await failed('web');
    await sweep();
    expect(await compute.restarts.cancel(id)).toBe(false);
    await startEnds(id, 'failed', 'VM web was stopped before it was up');
    expect(await sweep()).toBe(0);
    expect(await waiting()).toEqual([]);
  });

  it('by an own start is not disturbed, and by an own start that fails is no worse off', async () => {
    const id = await failed('web');
    await sweep();
    await compute.host('a');
    await compute.power.start(id, {}, ORIGIN);
    await becomesDue();
    expect(await sweep()).toBe(0);
    await startEnds(id, 'failed');
    expect(await sweep()).toBe(1);
    expect((await vmNow(id)).status).toBe('wait_for_launch');
    await startEnds(id, 'failed');
    await sweep();
    await compute.power.start(id, {}, ORIGIN);
    await startEnds(id, 'finished');
    await sweep();
    expect(await waiting()).toEqual([]);
  });

  it('by taking the availability away, or the VM, keeps it down', async () => {
    const [id, other] = [await failed('web'), await failed('other')];
    await compute.vms.update(id, { high_availability: { enabled: false } });
    await compute.vms.remove(other, true, ORIGIN);
    await compute.host('a');
    expect(await sweep()).toBe(0);
    expect(await vmNow(id)).toMatchObject({ status: 'down', stopReason: REASON });
    expect(await waiting()).toEqual([]);
  });

  it('by a power-off in good order after the restart is not started again', async () => {
    await compute.host('a');
    const id = await failed('web');
    await sweep();
    await startEnds(id, 'finished');
    await goesDown(id);
    expect(await sweep()).toBe(0);
    expect(await waiting()).toEqual([]);
  });
});

describe('high availability as a setting', () => {
  it('is changed at once while the VM runs, member by member, and goes along with copies', async () => {
    const { id } = await available('web', 7);
    await compute.db.update(Vm, { id }, { status: 'up' });
    expect(await compute.vms.update(id, { high_availability: { priority: 30 } })).toMatchObject({
      nextRun: null,
      highlyAvailable: true,
      haPriority: 30,
    });
    expect(await compute.adder.clone(id, 'copy', ORIGIN, false)).toMatchObject({ highlyAvailable: true, haPriority: 30 });
    expect(await compute.vms.update(id, { high_availability: { enabled: false } })).toMatchObject({
      highlyAvailable: false,
      haPriority: 30,
    });
  });

  it('comes from the instance type if that has it, and is refused for a VM of a pool', async () => {
    await compute.db.query(`UPDATE instance_type SET highly_available = true, ha_priority = 5 WHERE name = 'Medium'`);
    const web = await compute.vm('web', { instance_type: { name: 'Medium' } });
    expect(web).toMatchObject({ highlyAvailable: true, haPriority: 5 });
    const own = await compute.vm('own', { instance_type: { name: 'Medium' }, high_availability: { priority: 6 } });
    expect(own).toMatchObject({ highlyAvailable: true, haPriority: 6 });
    const small = await compute.vm('small', { instance_type: { name: 'Small' }, high_availability: { enabled: true } });
    expect(small).toMatchObject({ highlyAvailable: true, haPriority: 0 });
    await intoPool(own.id);
    const change = compute.vms.update(own.id, { high_availability: { enabled: true } });
    await expect(change).rejects.toThrow('A VM of a pool cannot be highly available');
  });
});
