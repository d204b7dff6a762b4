import { createLogger, logContext, withLogContext } from './logging';

const written = (use: (log: ReturnType<typeof createLogger>) => void): string => {
  const lines: string[] = [];
  use(createLogger('test', 'info', { write: (line: string) => void lines.push(line) }));
  return lines.join('');
};

describe('createLogger', () => {
  it('hides secrets at the levels where they occur', () => {
    const text = written((log) => log.info({ password: 'p1', account: { password: 'p2' }, a: { b: { value: 'p3' } } }, 'added'));
    expect(text).toContain('***');
    expect(text).not.toMatch(/p1|p2|p3/);
  });

  it('adds the facts of the running work to each line', async () => {
    const text = written((log) =>
      withLogContext({ correlationId: 'c-1' }, () => withLogContext({ operationId: 'o-1' }, () => log.info('step'))),
    );
    expect(JSON.parse(text)).toMatchObject({ correlationId: 'c-1', operationId: 'o-1', msg: 'step' });
    expect(logContext()).toEqual({});
  });
});
