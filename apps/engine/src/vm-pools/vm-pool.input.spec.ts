import { newVmPool } from './vm-pool.input';

const nameOf = (name: string) => newVmPool.safeParse({ name, cluster: { name: 'c' }, template: { name: 't' } });

describe('the name of a pool', () => {
  it.each(['web', 'web-##', '###web', 'we#b', 'büro-1'])('may be %s', (name) => {
    expect(nameOf(name).success).toBe(true);
  });

  it.each(['', 'a b', 'a#b#c', 'a/b', 'x'.repeat(241)])('may not be "%s"', (name) => {
    expect(nameOf(name).success).toBe(false);
  });
});
