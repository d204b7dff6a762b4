import { hashPassword, passwordMatches } from './password-hash';

describe('password hashes', () => {
  it('match their password and no other', async () => {
    const stored = await hashPassword('geheim');
    expect(await passwordMatches('geheim', stored)).toBe(true);
    expect(await passwordMatches('geheim ', stored)).toBe(false);
    expect(stored).not.toContain('geheim');
  });

  it('are salted', async () => {
    expect(await hashPassword('x')).not.toBe(await hashPassword('x'));
  });

  it.each(['', 'x', 'plain:geheim', 'scrypt:16384:8:1::'])('a stored %p never matches', async (stored) => {
    expect(await passwordMatches('geheim', stored)).toBe(false);
  });
});
