import { asRetryLater, reasonOf, RetryLater } from './saga-errors';

describe('reasonOf', () => {
  it('is the message, without NUL and not too long', () => {
    expect(reasonOf(new Error('No\0 room'))).toBe('No room');
    expect(reasonOf(new Error('x'.repeat(5000)))).toHaveLength(2000);
  });

  it('is something for everything that can be thrown', () => {
    expect(reasonOf('text')).toBe('text');
    expect(reasonOf(undefined)).toBe('undefined');
    expect(reasonOf(new TypeError())).toBe('TypeError');
  });
});

describe('asRetryLater', () => {
  it('is RetryLater itself', () => {
    const later = new RetryLater('Busy', { afterMs: 5, cause: 'why' });
    expect(asRetryLater(later)).toBe(later);
    expect(later).toMatchObject({ afterMs: 5, cause: 'why' });
  });

  it.each(['57P01', '57P03', '08006', '40001', '40P01', 'ECONNREFUSED', 'ECONNRESET'])('takes %s as "not now"', (code) => {
    const error = Object.assign(new Error('gone'), { code });
    expect(asRetryLater(error)).toMatchObject({ message: 'gone', cause: error });
  });

  it('takes a lost connection as "not now"', () => {
    expect(asRetryLater(new Error('Connection terminated unexpectedly'))).toBeInstanceOf(RetryLater);
  });

  it.each([new Error('No'), Object.assign(new Error('duplicate key'), { code: '23505' }), 'ECONNREFUSED', null])(
    'takes %s as a failure',
    (error) => {
      expect(asRetryLater(error)).toBeUndefined();
    },
  );
});
