import fc from 'fast-check';
import { type Candidate, HOST_RESERVED_BYTES, VM_OVERHEAD_BYTES, place } from './placement';

const GIB = 1_073_741_824;
const host = (name: string, changes: Partial<Candidate> = {}): Candidate => ({
  id: `id-of-${name}`,
  name,
  status: 'up',
  memoryBytes: 8 * GIB,
  placedBytes: 0,
  secretUuids: [],
  bridges: [],
  networkBridges: {},
  ...changes,
});
const demand = { memoryBytes: GIB, keys: [], networks: [] };
const key = { uuid: 'k1', providerName: 'cephA' };

describe('place', () => {
  it('takes the first host by name, whatever the order', () => {
    expect(place([host('b'), host('a')], demand)).toMatchObject({ host: { name: 'a' } });
  });

  it('takes the one with the smallest share of its memory given away, unless another is preferred', () => {
    const hosts = [
      host('a', { placedBytes: 2 * GIB }),
      host('b', { memoryBytes: 32 * GIB, placedBytes: 4 * GIB }),
      host('c', { memoryBytes: 0 }),
    ];
    expect(place(hosts, demand)).toMatchObject({ host: { name: 'b' } });
    expect(place(hosts, { ...demand, preferredHostIds: ['id-of-a'] })).toMatchObject({ host: { name: 'a' } });
  });

  it('takes no host but those that were asked for', () => {
    expect(place([host('a'), host('b')], { ...demand, onlyHostIds: ['id-of-b'] })).toMatchObject({ host: { name: 'b' } });
    expect(place([host('a')], { ...demand, onlyHostIds: ['id-of-b'] })).toEqual({
      refusals: ['The host a is none of those that were asked for.'],
    });
  });

  it('takes a host that is preferred before others, and none but those to which the VM is pinned', () => {
    const hosts = [host('a'), host('b'), host('c', { status: 'non_responsive' })];
    expect(place(hosts, { ...demand, preferredHostIds: ['id-of-c', 'id-of-b'] })).toMatchObject({ host: { name: 'b' } });
    expect(place(hosts, { ...demand, preferredHostIds: ['id-of-c'] })).toMatchObject({ host: { name: 'a' } });
    expect(place(hosts, { ...demand, pinnedHostIds: ['id-of-b'] })).toMatchObject({ host: { name: 'b' } });
    const pinned = (name: string) => `The host ${name} did not satisfy internal filter PinToHost because the VM is pinned to other hosts.`;
    expect(place(hosts, { ...demand, pinnedHostIds: ['id-of-c'] })).toEqual({
      refusals: [pinned('a'), pinned('b'), 'The host c is non responsive.'],
    });
  });

  it('passes over hosts that are not up, lack a key or lack memory, and says so of each', () => {
    const hosts = [host('a', { status: 'non_responsive' }), host('b'), host('c', { secretUuids: ['k1'], placedBytes: 7.5 * GIB })];
    expect(place(hosts, { ...demand, keys: [key] })).toEqual({
      refusals: [
        'The host a is non responsive.',
        'The host b does not have the authentication keys of cephA yet.',
        'The host c did not satisfy internal filter Memory because its available memory is too low (126 MB) to run the VM.',
      ],
    });
  });

  it('takes a host that has all keys', () => {
    expect(place([host('a', { secretUuids: ['k2', 'k1'] })], { ...demand, keys: [key, { ...key, uuid: 'k2' }] })).toMatchObject({
      host: { name: 'a' },
    });
  });

  it('takes a host that has the bridges of all networks, by their names or by its own', () => {
    const hosts = [host('a', { bridges: ['lan'] }), host('b', { bridges: ['br1', 'dmz'], networkBridges: { lan: 'br1' } })];
    expect(place(hosts, { ...demand, networks: ['dmz', 'lan'] })).toMatchObject({ host: { name: 'b' } });
    expect(place(hosts, { ...demand, networks: ['dmz', 'lan', 'wan'] })).toEqual({
      refusals: [
        'The host a did not satisfy internal filter Network because network(s) dmz, wan are missing.',
        'The host b did not satisfy internal filter Network because network(s) wan are missing.',
      ],
    });
    const elsewhere = host('c', { bridges: ['lan'], networkBridges: { lan: 'br1' } });
    expect(place([elsewhere], { ...demand, networks: ['lan'] })).toHaveProperty('refusals');
  });

  it('has nothing to say about no hosts', () => {
    expect(place([], demand)).toEqual({ refusals: [] });
  });

  it('never gives more memory than the host has', () => {
    const bytes = fc.integer({ min: 0, max: 16 * GIB });
    fc.assert(
      fc.property(bytes, bytes, bytes, (memoryBytes, placedBytes, wanted) => {
        const placement = place([host('a', { memoryBytes, placedBytes })], { ...demand, memoryBytes: wanted });
        const fits = HOST_RESERVED_BYTES + placedBytes + wanted + VM_OVERHEAD_BYTES <= memoryBytes;
        expect('host' in placement).toBe(fits);
      }),
    );
  });
});
