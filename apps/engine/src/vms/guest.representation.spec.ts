import { Links } from '@clinker/ovirt-api';
import { guestOperatingSystem, guestTimeZone, reportedDevice } from './guest.representation';

const links = new Links('/ovirt-engine/api');

describe('what a guest tells, on the wire', () => {
  it('is its operating system', () => {
    const os = { name: 'Debian GNU/Linux', version: '12', kernel: '6.1.0-13-cloud-amd64', architecture: 'x86_64', isWindows: false };
    expect(JSON.parse(JSON.stringify(guestOperatingSystem(os)))).toEqual({
      architecture: 'x86_64',
      distribution: 'Debian GNU/Linux',
      family: 'Linux',
      kernel: { version: { full_version: '6.1.0-13-cloud-amd64', major: 6, minor: 1, build: 0 } },
      version: { full_version: '12', major: 12 },
    });
  });

  it('is not more than it has told', () => {
    const os = { name: '', version: 'rolling', kernel: '', architecture: '', isWindows: true };
    expect(JSON.parse(JSON.stringify(guestOperatingSystem(os)))).toEqual({ family: 'Windows', version: { full_version: 'rolling' } });
  });

  it.each([
    [0, '+00:00'],
    [5_400, '+01:30'],
    [-12_600, '-03:30'],
  ])('is its time zone: %d s from UTC are %s', (offsetSeconds, utc_offset) =>
    expect(guestTimeZone({ name: 'UTC', offsetSeconds })).toEqual({ name: 'UTC', utc_offset }),
  );

  it('has an id for each device that stays the same', () => {
    const device = { name: 'eth0', mac: '56:6f:00:00:00:01', ips: [] };
    const [one, same, other] = ['a', 'a', 'b'].map((vmId) => reportedDevice(vmId, device, links).id);
    expect(one).toBe(same);
    expect(one).not.toBe(other);
  });
});
