import { domainNameOf } from './domain.name';

const vmId = '3f2a9c01-1111-4111-8111-111111111111';

describe('the name of a domain', () => {
  it('is readable, and differs for VMs that had the same name', () => {
    expect(domainNameOf({ vmId, name: 'web-1' })).toBe('web-1-3f2a9c01');
    expect(domainNameOf({ vmId: '00000000-1111-4111-8111-111111111111', name: 'web-1' })).not.toBe(domainNameOf({ vmId, name: 'web-1' }));
  });

  it('has nothing in it that libvirt does not take', () => {
    expect(domainNameOf({ vmId, name: ' ../a/b\n<x>&"\u0007 ' })).toBe('_.._a_b_<x>&"__-3f2a9c01');
  });

  it('fits into the name of a file, and has no half characters', () => {
    const name = domainNameOf({ vmId, name: `a${'漢'.repeat(254)}` });
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(210);
    expect(name).toMatch(/^a漢+-3f2a9c01$/);
  });
});
