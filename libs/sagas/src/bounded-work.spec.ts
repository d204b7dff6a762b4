import { boundedWork, StepTimeout } from './bounded-work';

const bounds = (signals: AbortSignal[] = []) => ({ withinMs: 1000, graceMs: 500, signals });
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('gave up', { cause: signal.reason }))));

describe('boundedWork', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('gives what the work gives, and leaves no timer behind', async () => {
    await expect(boundedWork(async () => 7, bounds())).resolves.toBe(7);
    await expect(boundedWork(() => Promise.reject(new Error('no')), bounds())).rejects.toThrow('no');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('aborts the work at its deadline, and says so', async () => {
    const ended = boundedWork(untilAborted, bounds()).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(1000);
    expect(await ended).toMatchObject({ name: 'StepTimeout', message: 'No answer within 1000 ms', cause: { message: 'gave up' } });
  });

  it('leaves work alone that ignores its signal', async () => {
    const ended = boundedWork(() => new Promise(() => undefined), bounds()).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(1500);
    expect(await ended).toBeInstanceOf(StepTimeout);
  });

  it('passes on why others abort', async () => {
    const other = new AbortController();
    const ended = boundedWork(untilAborted, bounds([other.signal])).catch((error: unknown) => error);
    other.abort('lost');
    expect(await ended).toMatchObject({ message: 'gave up', cause: 'lost' });
  });

  it('begins aborted if it is too late already', async () => {
    const seen = await boundedWork(async ({ aborted }) => aborted, bounds([AbortSignal.abort()]));
    expect(seen).toBe(true);
  });

  it('does not follow a long-lived signal after the end', async () => {
    const { signal } = new AbortController();
    const added = jest.spyOn(signal, 'addEventListener');
    const removed = jest.spyOn(signal, 'removeEventListener');
    await boundedWork(async () => undefined, bounds([signal]));
    expect(removed.mock.calls[0]?.[1]).toBe(added.mock.calls[0]?.[1]);
  });
});
