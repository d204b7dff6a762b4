import fc from 'fast-check';
import { KeyedQueue } from './keyed.queue';

interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

function gate(): Gate {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

describe('KeyedQueue', () => {
  it('runs work of one key in order and of another key beside it', async () => {
    const queue = new KeyedQueue();
    const { opened, open } = gate();
    const seen: string[] = [];
    const first = queue.run(['vm 1'], async () => {
      await opened;
      seen.push('first');
    });
    const second = queue.run(['vm 1'], async () => void seen.push('second'));
    await queue.run(['vm 2'], async () => void seen.push('other'));
    open();
    await Promise.all([first, second]);
    expect(seen).toEqual(['other', 'first', 'second']);
  });

  it('goes on after work that fails, and hands its error to its own caller only', async () => {
    const queue = new KeyedQueue();
    const failing = queue.run(['a'], () => Promise.reject(new Error('no')));
    await expect(queue.run(['a'], async () => 'yes')).resolves.toBe('yes');
    await expect(failing).rejects.toThrow('no');
  });

  it('forgets keys that have no work', async () => {
    const queue = new KeyedQueue();
    await queue.run(['a', 'b'], async () => undefined);
    await Promise.resolve();
    expect(queue.size).toBe(0);
  });

  it('lets no two pieces with a common key overlap, and ends, whatever the keys', async () => {
    const keySets = fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(keySets, async (sets) => {
        const queue = new KeyedQueue();
        const busy = new Set<string>();
        const work = (keys: string[]) => async (): Promise<void> => {
          keys.forEach((key) => expect(busy.has(key)).toBe(false));
          keys.forEach((key) => busy.add(key));
          await Promise.resolve();
          keys.forEach((key) => busy.delete(key));
        };
        await Promise.all(sets.map((keys) => queue.run(keys, work(keys))));
      }),
    );
  });
});
