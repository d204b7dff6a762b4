import { ConflictError, InvalidInputError, UnsupportedError } from '../errors/domain.errors';
import type { StorageDomain } from '../storage-domains/storage-domain.entity';
import type { Disk } from './disk.entity';
import { changesOf, extensionOf, refuseUnsupported } from './disk.rules';

const GIB = 1024 ** 3;
const domain = { id: 'd-1', name: 'ceph' } as StorageDomain;
const disk = {
  name: 'web',
  description: '',
  format: 'raw',
  sparse: true,
  shareable: false,
  wipeAfterDelete: false,
  propagateErrors: false,
  provisionedSize: 2 * GIB,
  volumeType: 'gold',
} as Disk;

describe('changesOf', () => {
  it('finds nothing in a disk that is sent back as it is', () => {
    const same = {
      name: 'web',
      alias: 'web',
      description: '',
      format: 'raw' as const,
      sparse: true,
      shareable: false,
      provisioned_size: 2 * GIB,
      openstack_volume_type: { name: 'gold' },
      storage_domains: [{ id: 'd-1' }],
    };
    expect(changesOf(disk, domain, same)).toEqual({});
  });

  it('ignores the format and the allocation, of which clients send their defaults', () => {
    expect(changesOf(disk, domain, { format: 'cow', sparse: false, storage_domains: [] })).toEqual({});
  });

  it('finds what differs, the alias being the name', () => {
    const input = { alias: 'db', description: 'x', shareable: true, wipe_after_delete: true, propagate_errors: true };
    const changes = { name: 'db', description: 'x', shareable: true, wipeAfterDelete: true, propagateErrors: true };
    expect(changesOf(disk, domain, input)).toEqual(changes);
  });

  it.each([
    ['another type', { openstack_volume_type: { name: 'tin' } }, UnsupportedError, 'volume type'],
    ['another domain by id', { storage_domain: { id: 'd-2' } }, UnsupportedError, 'storage domain'],
    ['another domain by name', { storage_domains: [{ name: 'nfs' }] }, UnsupportedError, 'storage domain'],
    ['incremental backup', { backup: 'incremental' as const }, UnsupportedError, 'incompatible'],
  ])('refuses %s', (_what, input, error, text) => {
    const change = () => changesOf(disk, domain, input);
    expect(change).toThrow(error);
    expect(change).toThrow(text);
    expect(change).not.toThrow(ConflictError);
  });
});

describe('extensionOf', () => {
  it.each([
    ['no size', undefined],
    ['its own size', 2 * GIB],
    ['the size that it was asked with, before that was rounded up', 2 * GIB - 5],
  ])('sees no extension in %s', (_what, wanted) => {
    expect(extensionOf(disk, wanted)).toBeUndefined();
  });

  it('rounds up to whole GiB', () => {
    expect(extensionOf(disk, 2 * GIB + 1)).toBe(3);
    expect(extensionOf(disk, 4 * GIB)).toBe(4);
  });

  it('refuses to shrink', () => {
    expect(() => extensionOf(disk, GIB)).toThrow(InvalidInputError);
    expect(() => extensionOf(disk, GIB)).toThrow('New disk size must be larger than the current disk size');
  });
});

describe('refuseUnsupported', () => {
  it.each([
    [{ format: 'cow' as const, sparse: false, backup: 'incremental' as const }, '(COW Preallocated backup-Incremental)'],
    [{ format: 'raw' as const, backup: 'incremental' as const }, '(RAW Sparse backup-Incremental)'],
  ])('names the configuration %j in the words that clients look for', (input, words) => {
    const text = `Cannot add Virtual Disk. Disk configuration ${words} is incompatible with the storage domain type.`;
    expect(() => refuseUnsupported(input, 'add')).toThrow(text);
  });

  it('lets both formats pass', () => {
    expect(() => refuseUnsupported({ format: 'cow', sparse: true }, 'add')).not.toThrow();
    expect(() => refuseUnsupported({ format: 'raw', sparse: false, backup: 'none' }, 'add')).not.toThrow();
  });
});
