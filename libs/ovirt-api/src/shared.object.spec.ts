import { Links, share, toJson, toXml } from './index';

const links = new Links('/ovirt-engine/api');
const disk = (name: string) => ({
  ...links.reference('disks', '1'),
  name,
  link: links.subCollections('/ovirt-engine/api/disks/1', ['permissions']),
  creation_time: new Date(0),
  storage_domains: { storage_domain: [links.reference('storagedomains', '2')] },
});

describe('a shared object', () => {
  it('is written as any other, however often and wherever', () => {
    const shared = share(disk('é<'));
    const answer = (one: object) => ({ disk: [one, { ...one, name: 'other' }, one] }) as { disk: never[] };
    for (let times = 0; times < 3; times += 1) {
      expect(toXml('disks', answer(shared))).toBe(toXml('disks', answer(disk('é<'))));
      expect(toXml('backup_disk', shared)).toBe(toXml('backup_disk', disk('é<')));
      expect(toXml('disk', shared)).toBe(toXml('disk', disk('é<')));
      expect(toJson('disks', answer(shared))).toBe(toJson('disks', answer(disk('é<'))));
    }
  });

  it('cannot be changed, nor what is in it', () => {
    const shared = share(disk('one'));
    expect(() => Object.assign(shared, { name: 'two' })).toThrow(TypeError);
    expect(() => shared.storage_domains.storage_domain.pop()).toThrow(TypeError);
    expect(() => Object.assign(shared.storage_domains.storage_domain[0]!, { id: '3' })).toThrow(TypeError);
  });

  it('can be made of others, and be one itself that is frozen but not shared', () => {
    const inner = share({ id: '1' });
    const outer = share({ id: '2', vm: inner });
    expect(toXml('disk', outer)).toBe(toXml('disk', { id: '2', vm: { id: '1' } }));
    expect(toXml('disk', Object.freeze({ id: '3' }))).toContain('<disk id="3"/>');
  });
});
