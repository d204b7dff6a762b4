import fc from 'fast-check';
import { freeTarget, targetIndex, targetName } from './target.names';

describe('target names', () => {
  it.each([
    [0, 'vda'],
    [25, 'vdz'],
    [26, 'vdaa'],
    [51, 'vdaz'],
    [52, 'vdba'],
    [701, 'vdzz'],
    [702, 'vdaaa'],
  ])('the disk %i is %s', (index, name) => {
    expect(targetName('virtio', index)).toBe(name);
  });

  it('are read back to their index', () => {
    fc.assert(
      fc.property(fc.nat(20_000), fc.constantFrom('virtio' as const, 'virtio_scsi' as const), (index, diskInterface) => {
        expect(targetIndex(targetName(diskInterface, index))).toBe(index);
      }),
    );
  });

  it('fill holes and do not mix the two buses', () => {
    expect(freeTarget('virtio', new Set(['vda', 'vdc', 'sdb']))).toBe('vdb');
    expect(freeTarget('virtio_scsi', new Set(['vda']))).toBe('sda');
  });
});
