import type { GuestDevice, GuestFacts } from '@clinker/agent-protocol';
import type { Links, WireObject } from '@clinker/ovirt-api';
import { nameBasedId } from '../http/name-based.id';

/** `12.5-foo` as oVirt shows versions: the whole, and its first numbers. */
function version(text: string): WireObject | undefined {
  if (text === '') return undefined;
  const [major, minor, build, revision] = (/^\d{1,9}(\.\d{1,9}){0,3}/.exec(text)?.[0].split('.') ?? []).map(Number);
  return { build, full_version: text, major, minor, revision };
}

export function guestOperatingSystem(os: NonNullable<GuestFacts['os']>): WireObject {
  const kernel = version(os.kernel);
  return {
    architecture: os.architecture || undefined,
    distribution: os.name || undefined,
    family: os.isWindows ? 'Windows' : 'Linux',
    kernel: kernel && { version: kernel },
    version: version(os.version),
  };
}

/** The offset as oVirt shows it: `+01:30`. */
export function guestTimeZone({ name, offsetSeconds }: NonNullable<GuestFacts['timeZone']>): WireObject {
  const minutes = Math.round(Math.abs(offsetSeconds) / 60);
  const two = (value: number) => String(value).padStart(2, '0');
  const sign = offsetSeconds < 0 ? '-' : '+';
  return { name: name || undefined, utc_offset: `${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}` };
}

/** A guest's interface as oVirt's reported device. */
export function reportedDevice(vmId: string, { name, mac, ips }: GuestDevice, links: Links): WireObject & { id: string } {
  return {
    ...links.reference(`vms/${vmId}/reporteddevices`, nameBasedId('reporteddevices', vmId, name, mac)),
    name,
    description: 'guest reported data',
    ips: { ip: ips.map(({ address, version: ipVersion }) => ({ address, version: ipVersion })) },
    mac: { address: mac },
    type: 'network',
    vm: links.reference('vms', vmId),
  };
}
