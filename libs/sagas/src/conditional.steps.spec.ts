import type { EntityManager } from 'typeorm';
import { stepsIf } from './conditional.steps';
import type { StepContext } from './saga.types';

const tx = {} as EntityManager;
const ctx = {} as StepContext;

describe('stepsIf', () => {
  const done: string[] = [];
  const act = (what: string) => async () => void done.push(what);
  const [first, second, third] = stepsIf<{ isNeeded: boolean }>(
    ({ isNeeded }) => isNeeded,
    [
      { kind: 'transaction', name: 'a', run: act('run a'), undo: act('undo a') },
      { kind: 'call', name: 'b', run: act('run b') },
      { kind: 'wait', name: 'c', until: async () => false, every: '1s', within: '1m', undo: act('undo c') },
    ],
  );
  const all = async (state: { isNeeded: boolean }) => {
    if (first?.kind !== 'transaction' || second?.kind !== 'call' || third?.kind !== 'wait') throw new Error('The steps have changed');
    await first.run(state, tx, ctx);
    await second.run(state, ctx);
    const isSo = await third.until(state, ctx);
    await third.undo?.(state, ctx);
    await first.undo?.(state, tx, ctx);
    return isSo;
  };
  beforeEach(() => (done.length = 0));

  it('are as they were where they are needed', async () => {
    expect(await all({ isNeeded: true })).toBe(false);
    expect(done).toEqual(['run a', 'run b', 'undo c', 'undo a']);
  });

  it('do nothing and are done where they are not', async () => {
    expect(await all({ isNeeded: false })).toBe(true);
    expect(done).toEqual([]);
  });

  it('have nothing to undo if they had not', () => expect(second?.undo).toBeUndefined());
});
