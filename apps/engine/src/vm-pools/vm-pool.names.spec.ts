import { memberName, memberPrefix } from './vm-pool.names';

describe('the names of VMs of a pool', () => {
  it.each([
    ['web', 1, 'web-1'],
    ['web', 17, 'web-17'],
    ['web-##', 7, 'web-07'],
    ['my###pool', 1, 'my001pool'],
    ['###pool', 17, '017pool'],
    ['web#', 10, 'web10'],
  ])('%s and %i make %s', (pool, number, name) => {
    expect(memberName(pool, number)).toBe(name);
    expect(name.startsWith(memberPrefix(pool))).toBe(true);
  });
});
