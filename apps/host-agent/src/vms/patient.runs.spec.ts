import { PatientRuns } from './patient.runs';

const PATIENCE_MS = 4_000;
const KEEP_MS = 60_000;

describe('PatientRuns', () => {
  let runs: PatientRuns;
  let settle: { resolve: (value: string) => void; reject: (error: Error) => void };
  const slow = jest.fn(() => new Promise<string>((resolve, reject) => (settle = { resolve, reject })));

  beforeEach(() => {
    jest.useFakeTimers();
    slow.mockClear();
    runs = new PatientRuns(PATIENCE_MS, KEEP_MS);
  });
  afterEach(() => jest.useRealTimers());

  const askInVain = async (): Promise<void> => {
    const answer = runs.answer('k', slow);
    await jest.advanceTimersByTimeAsync(PATIENCE_MS);
    await expect(answer).resolves.toEqual({ status: 'in_progress' });
  };

  it('answers quick work with its outcome', async () => {
    await expect(runs.answer('k', async () => 'done')).resolves.toBe('done');
  });

  it('says in_progress in time, and the same message joins the work that runs', async () => {
    await askInVain();
    await askInVain();
    expect(slow).toHaveBeenCalledTimes(1);
    const answer = runs.answer('k', slow);
    settle.resolve('done');
    await expect(answer).resolves.toBe('done');
  });

  it('keeps an error that came between two questions for the next one, and then starts anew', async () => {
    await askInVain();
    settle.reject(new Error('QEMU failed'));
    await jest.advanceTimersByTimeAsync(1_000);
    await expect(runs.answer('k', slow)).rejects.toThrow('QEMU failed');
    expect(slow).toHaveBeenCalledTimes(1);
    await askInVain();
    expect(slow).toHaveBeenCalledTimes(2);
  });

  it('does not keep an outcome for ever', async () => {
    await askInVain();
    settle.resolve('old');
    await jest.advanceTimersByTimeAsync(KEEP_MS);
    await askInVain();
    expect(slow).toHaveBeenCalledTimes(2);
  });

  it('gives one outcome to two who wait, and never mixes two messages', async () => {
    const both = Promise.all([runs.answer('k', slow), runs.answer('k', slow)]);
    settle.resolve('once');
    await expect(both).resolves.toEqual(['once', 'once']);
    await expect(runs.answer('other', async () => 'own')).resolves.toBe('own');
    expect(slow).toHaveBeenCalledTimes(1);
  });
});
