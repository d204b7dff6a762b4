import type { Standing } from './standing';
import { StandingMemory } from './standing.memory';

const standing = (principals: string[]): Standing => ({
  ...{ principals, mayLogIn: true, isAdministrator: false, seesEverything: false },
  everywhere: new Set(),
});

describe('the memory of standings', () => {
  let reads: string[];
  let memory: StandingMemory;

  beforeEach(() => {
    jest.useFakeTimers();
    reads = [];
    memory = new StandingMemory((id, groups) => {
      reads.push([id, ...groups].join('+'));
      return Promise.resolve(standing([id, ...groups]));
    });
  });

  afterEach(() => void jest.useRealTimers());

  it('reads once in a moment, and again after it', async () => {
    await memory.get('a', []);
    await memory.get('a');
    expect(reads).toEqual(['a']);
    jest.advanceTimersByTime(1_001);
    await memory.get('a');
    expect(reads).toEqual(['a', 'a']);
  });

  it('reads anew when permissions or groups have changed', async () => {
    await memory.get('a', []);
    memory.refresh();
    await memory.get('a', []);
    await memory.get('a', ['g']);
    expect(reads).toEqual(['a', 'a', 'a+g']);
  });

  it('keeps the groups that the log-in told', async () => {
    await memory.get('a', ['g']);
    memory.refresh();
    expect((await memory.get('a')).principals).toEqual(['a', 'g']);
  });

  it('does not remember a failure', async () => {
    let fails = true;
    const shaky = new StandingMemory((id) => (fails ? Promise.reject(new Error('The database is away')) : Promise.resolve(standing([id]))));
    await expect(shaky.get('a', [])).rejects.toThrow('away');
    fails = false;
    await expect(shaky.get('a', [])).resolves.toMatchObject({ principals: ['a'] });
  });
});
