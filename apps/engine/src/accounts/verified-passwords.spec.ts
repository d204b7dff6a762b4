import type { Account } from './account.entity';
import { VerifiedPasswords } from './verified-passwords';

const jane = { id: 'jane', passwordHash: 'scrypt:1' } as Account;

describe('passwords that have matched', () => {
  let time: number;
  let verified: VerifiedPasswords;

  beforeEach(() => {
    time = 1_000_000;
    verified = new VerifiedPasswords(() => time);
    verified.remember(jane, 'secret');
  });

  it('are fresh for a minute and familiar for a day', () => {
    expect(verified.familiarity(jane, 'secret')).toBe('fresh');
    time += 60_000;
    expect(verified.familiarity(jane, 'secret')).toBe('familiar');
    time += 24 * 3_600_000;
    expect(verified.familiarity(jane, 'secret')).toBe('unknown');
  });

  it('are no others', () => {
    expect(verified.familiarity(jane, 'secret ')).toBe('unknown');
    expect(verified.familiarity({ ...jane, id: 'joe' }, 'secret')).toBe('unknown');
  });

  it('are forgotten with the password that was stored', () => {
    expect(verified.familiarity({ ...jane, passwordHash: 'scrypt:2' }, 'secret')).toBe('unknown');
  });

  it('are a bounded number', () => {
    for (let count = 0; count < 10_000; count += 1) verified.remember(jane, String(count));
    expect(verified.familiarity(jane, 'secret')).toBe('unknown');
    expect(verified.familiarity(jane, '9999')).toBe('fresh');
  });
});
