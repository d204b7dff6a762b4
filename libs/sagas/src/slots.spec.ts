import fc from 'fast-check';

import { Slots } from './slots';

describe('Slots', () => {
  it('never lets in more than it has, lets everybody in, and has all free in the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 30 }),
        async (count, turns) => {
          const slots = new Slots(count);
          let inside = 0;
          let most = 0;
          const work = (turn: number) => async () => {
            most = Math.max(most, (inside += 1));
            for (let n = 0; n < turn; n += 1) await Promise.resolve();
            inside -= 1;
            if (turn === 3) throw new Error('failed inside');
          };
          const results = await Promise.allSettled(turns.map((turn) => slots.use(work(turn))));
          expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(turns.filter((turn) => turn === 3).length);
          expect(most).toBe(Math.min(count, turns.length));
          expect(slots.free).toBe(count);
        },
      ),
    );
  });

  it('lets in who came first', async () => {
    const slots = new Slots(1);
    const order: number[] = [];
    await Promise.all([1, 2, 3].map((n) => slots.use(async () => void order.push(n))));
    expect(order).toEqual([1, 2, 3]);
  });
});
