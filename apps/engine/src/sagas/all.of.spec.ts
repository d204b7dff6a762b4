import { setImmediate as aMoment } from 'node:timers/promises';
import { allOf } from './all.of';

describe('allOf', () => {
  it('gives all results, in order', async () => {
    expect(await allOf([Promise.resolve(1), Promise.resolve('b')])).toEqual([1, 'b']);
  });

  it('does not fail before the last has ended', async () => {
    let resolve!: () => void;
    const last = new Promise<void>((done) => (resolve = done));
    const seen: string[] = [];
    const all = allOf([Promise.reject(new Error('first')), last]).catch((error: Error) => seen.push(error.message));
    await aMoment();
    seen.push('last');
    resolve();
    await all;
    expect(seen).toEqual(['last', 'first']);
  });
});
