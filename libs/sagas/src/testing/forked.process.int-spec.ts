import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Fault } from './fault';
import { ForkedFaults } from './forked.faults';
import { ForkedProcess } from './forked.process';

/** A process whose "saga" has one point, at which its parent may let it arrive. */
const program = `
const { announceReady, faultHooks } = require('${join(__dirname, 'fault.hooks.ts')}');
const hooks = faultHooks();
process.on('message', async ({ kind, phase }) => {
  if (kind !== 'arrive') return;
  const point = { operationId: 'o', saga: 's', step: 'a', number: 0, phase };
  const outcome = await hooks.afterStep(point).then(() => 'passed', (error) => error.name);
  process.send({ kind: 'outcome', outcome });
});
process.on('SIGTERM', () => process.exit());
void announceReady();
`;

describe('ForkedProcess', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'forked-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const fault = (action: Fault['action'], phase: Fault['phase'] = 'run'): Fault => ({ saga: 's', step: 'a', phase, when: 'after', action });
  const write = async (name: string, text: string) => {
    const entry = join(folder, name);
    await writeFile(entry, text);
    return entry;
  };

  it('says what a process has written that does not start', async () => {
    const entry = await write('broken.js', `process.stderr.write('no database'); process.exit(3);`);
    await expect(new ForkedProcess({ entry, environment: () => ({}) }).start()).rejects.toThrow(/broken.js ended with 3: no database/);
  });

  it('does not wait for ever for a process that never gets ready', async () => {
    const entry = await write('idle.js', `setInterval(() => undefined, 1000);`);
    const idle = new ForkedProcess({ entry, environment: () => ({}), readyWithinMs: 300 });
    await expect(idle.start()).rejects.toThrow('was not ready within 300 ms');
    await idle.stop();
  });

  it('is not ready any more, and says why, when the process has ended by itself', async () => {
    const entry = await write('mortal.ts', `${program} setTimeout(() => { throw new Error('a bug'); }, 200);`);
    const mortal = new ForkedFaults({ entry, environment: () => ({}) });
    await mortal.process.start();
    await new Promise<void>((resolve) => mortal.process.onExit(resolve));
    await expect(mortal.arm(fault('fail'))).rejects.toThrow(/a bug/);
  });

  it('gives the process nothing of this environment but PATH', async () => {
    process.env['A_SECRET'] = 'x';
    const entry = await write('env.js', `process.stdout.write(Object.keys(process.env).join()); process.exitCode = 1;`);
    const names = await new ForkedProcess({ entry, environment: () => ({ GIVEN: '1' }) }).start().catch(String);
    delete process.env['A_SECRET'];
    expect(names).toContain('GIVEN');
    expect(names).not.toContain('A_SECRET');
  });

  describe('with faults', () => {
    let faults: ForkedFaults;

    beforeAll(async () => {
      const entry = await write('point.ts', program);
      faults = new ForkedFaults({ entry, environment: () => ({}) });
      await faults.process.start();
    });
    afterAll(() => faults.process.stop());

    const fault = (action: Fault['action'], phase: Fault['phase'] = 'run'): Fault => ({
      saga: 's',
      step: 'a',
      phase,
      when: 'after',
      action,
    });
    const arrive = async (phase: Fault['phase'] = 'run') => {
      const outcome = new Promise<string>((resolve) => {
        const forget = faults.process.onMessage((message) => {
          if (typeof message !== 'object' || message === null || !('outcome' in message)) return;
          forget();
          resolve(String(message.outcome));
        });
      });
      await faults.process.send({ kind: 'arrive', phase });
      return outcome;
    };

    it('a fault strikes once, where it was armed', async () => {
      await faults.arm(fault('fail'));
      expect(await arrive('undo')).toBe('passed');
      expect(await faults.pending()).toEqual([fault('fail')]);
      expect(await arrive()).toBe('InjectedFault');
      expect(await faults.pending()).toEqual([]);
      expect(await arrive()).toBe('passed');
    });

    it('a repetition is RetryLater', async () => {
      await faults.arm(fault('repeat'));
      expect(await arrive()).toBe('RetryLater');
    });

    it('a disarmed fault does not strike', async () => {
      await faults.arm(fault('fail'));
      await faults.disarm();
      expect(await arrive()).toBe('passed');
    });

    it('kills for real; the process comes back, with the faults that have not struck', async () => {
      const { pid } = faults.process;
      await faults.arm(fault('kill'), fault('fail', 'undo'));
      void arrive();
      await new Promise<void>((resolve) => faults.process.onExit(resolve));
      await faults.ready();
      expect(faults.process.pid).not.toBe(pid);
      expect(await faults.pending()).toEqual([fault('fail', 'undo')]);
      expect(await arrive()).toBe('passed');
      expect(await arrive('undo')).toBe('InjectedFault');
    });
  });
});
