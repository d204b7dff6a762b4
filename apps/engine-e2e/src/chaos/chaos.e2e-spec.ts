import { Random } from './random';
import { ChaosRun } from './chaos.run';
import { HEAVY_TROUBLES } from './chaos.troubles';
import { Tally } from './tally';

const STORM_MS = 60_000;
const ENDS_WITHIN_MS = 120_000;

jest.setTimeout(STORM_MS + 3 * ENDS_WITHIN_MS);

/** The short form of `npm run chaos`. */
describe('ten users, while the engine is killed and Cinder, NATS and PostgreSQL fail', () => {
  it('find everything ended, in agreement and, after they have removed it, gone', async () => {
    const heavy = HEAVY_TROUBLES.filter(({ name }) => ['nats killed', 'postgres killed'].includes(name));
    const seed = Date.now() % 1_000_000;
    const said: string[] = [`seed ${seed}`];
    const plan = { seed, users: 10, operations: 60, kills: 5, heavy, stormWithinMs: STORM_MS, endsWithinMs: ENDS_WITHIN_MS };
    const run = new ChaosRun(plan, (line) => void said.push(line));
    await run.run().catch((cause: unknown) => {
      throw new Error([...said, ...run.tally.lines(), ...run.faults.lines()].join('\n'), { cause });
    });
    expect(run.tally.of('killed', 'engine')).toBeGreaterThan(0);
    expect(run.tally.of('accepted')).toBeGreaterThan(0);
  });
});

describe('what chaos stands on', () => {
  it('repeats its choices from the same seed', () => {
    const choices = (seed: number) => {
      const random = new Random(seed);
      return [random.below(1000), random.pick(['a', 'b', 'c']), random.uuid(), random.weighted([{ weight: 1 }, { weight: 9 }]).weight];
    };
    expect(choices(7)).toEqual(choices(7));
    expect(choices(7)).not.toEqual(choices(8));
    expect(new Random(7).uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('counts by group and name', () => {
    const tally = new Tally();
    tally.add('start VM', 'accepted');
    tally.add('start VM', 'accepted');
    tally.add('stop VM', 'refused');
    expect([tally.of('accepted'), tally.of('accepted', 'stop VM'), tally.of('refused')]).toEqual([2, 0, 1]);
    expect(tally.lines()).toEqual([expect.stringMatching(/^start VM +2 accepted$/), expect.stringMatching(/^stop VM +1 refused$/)]);
  });
});
