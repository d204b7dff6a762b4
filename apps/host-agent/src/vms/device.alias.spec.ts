import { DISK_ID } from '../testing/definitions.testing';
import { aliasOf, deviceIdOf } from './device.alias';

describe('aliases', () => {
  it('carry the id there and back', () => {
    expect(deviceIdOf(aliasOf(DISK_ID))).toBe(DISK_ID);
  });

  it.each(['virtio-disk0', 'ua-', 'ua-not-a-uuid', `x${aliasOf(DISK_ID)}`, `${aliasOf(DISK_ID)}0`, '', null])(
    'are not ours: %p',
    (alias) => {
      expect(deviceIdOf(alias)).toBeNull();
    },
  );
});
