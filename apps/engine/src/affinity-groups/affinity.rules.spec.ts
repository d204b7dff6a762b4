import { type AffinityOf, type AffinityRule, affinityConditions, affinityPenalty, affinityRefusal, isBroken } from './affinity.rules';

const rule = (changes: Partial<AffinityRule> = {}): AffinityRule => ({ enabled: true, positive: true, enforcing: true, ...changes });
const OFF = rule({ enabled: false });
const group = (changes: Partial<AffinityOf>): AffinityOf => ({
  ...{ name: 'web', priority: 1, vmsRule: OFF, hostsRule: OFF, vmHostIds: [], hostIds: [] },
  ...changes,
});
const refusals = (...groups: AffinityOf[]): (string | undefined)[] => {
  const conditions = affinityConditions(groups);
  return ['a', 'b', 'c'].map((id) => affinityRefusal(conditions, id));
};
const unmatched =
  'did not satisfy internal filter VmAffinityGroups because it did not match positive affinity rules of the Affinity Group web.';
const matched = 'did not satisfy internal filter VmAffinityGroups because it matched negative affinity rules of the Affinity Group web.';

describe('an affinity group', () => {
  it('wants its VMs together, or apart', () => {
    expect(refusals(group({ vmsRule: rule(), vmHostIds: ['b'] }))).toEqual([unmatched, undefined, unmatched]);
    expect(refusals(group({ vmsRule: rule({ positive: false }), vmHostIds: ['b'] }))).toEqual([undefined, matched, undefined]);
  });

  it('wants them on its hosts, or elsewhere', () => {
    const [onThem, elsewhere] = [rule(), rule({ positive: false })].map((hostsRule) => refusals(group({ hostsRule, hostIds: ['a'] })));
    expect(onThem?.map((text) => text?.includes('VmToHostsAffinityGroups because it did not match positive'))).toEqual([
      undefined,
      true,
      true,
    ]);
    expect(elsewhere?.map((text) => text?.includes('VmToHostsAffinityGroups because it matched negative'))).toEqual([
      true,
      undefined,
      undefined,
    ]);
  });

  it('wants nothing while no other VM runs, without hosts, or if its rules are off', () => {
    expect(refusals(group({ vmsRule: rule(), hostsRule: rule() }))).toEqual([undefined, undefined, undefined]);
    expect(refusals(group({ vmHostIds: ['b'], hostIds: ['b'] }))).toEqual([undefined, undefined, undefined]);
  });

  it('only prefers if it does not enforce; what more groups prefer, and those of higher priority, counts more', () => {
    const soft = rule({ enforcing: false });
    const conditions = affinityConditions([
      group({ vmsRule: soft, vmHostIds: ['a'], priority: 2 }),
      group({ hostsRule: { ...soft, positive: false }, hostIds: ['a', 'c'], priority: 3.5 }),
    ]);
    expect(['a', 'b', 'c'].map((id) => affinityPenalty(conditions, id))).toEqual([3.5, 2, 5.5]);
    expect(['a', 'b', 'c'].map((id) => affinityRefusal(conditions, id))).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    ['together on two hosts', { vmsRule: rule(), vmHostIds: ['a', 'b'] }, true],
    ['together on one', { vmsRule: rule(), vmHostIds: ['a', 'a'] }, false],
    ['apart on one host', { vmsRule: rule({ positive: false }), vmHostIds: ['a', 'a'] }, true],
    ['apart on two', { vmsRule: rule({ positive: false }), vmHostIds: ['a', 'b'] }, false],
    ['on another than its hosts', { hostsRule: rule(), hostIds: ['a'], vmHostIds: ['a', 'b'] }, true],
    ['on one that it avoids', { hostsRule: rule({ positive: false }), hostIds: ['a'], vmHostIds: ['a'] }, true],
    ['without hosts', { hostsRule: rule(), vmHostIds: ['a'] }, false],
    ['with nothing running', { vmsRule: rule({ positive: false }), hostsRule: rule(), hostIds: ['a'] }, false],
  ])('whose VMs are to be and are %s: broken %#', (_what, changes, broken) => {
    expect(isBroken(group(changes))).toBe(broken);
  });
});
