import type { Links, WireObject } from '@clinker/ovirt-api';
import { withUnapplied } from '../http/unapplied.settings';
import { shownHighAvailability } from '../vms/high-availability.settings';
import type { InstanceType } from './instance-type.entity';

/** Sub-collections of an instance type that are empty here, by their path segment, with the element of each. */
export const emptyInstanceTypeCollections = { graphicsconsoles: 'graphics_consoles', nics: 'nics', watchdogs: 'watchdogs' } as const;

/** What is the same for all. */
const CONSTANTS: WireObject = {
  io: { threads: 0 },
  migration: { auto_converge: 'inherit', compressed: 'inherit' },
  migration_downtime: -1,
  origin: 'ovirt',
  os: { boot: { devices: { device: ['hd'] } } },
  usb: { enabled: false },
};

/** An instance type as oVirt shows it. Memory in bytes. */
export function instanceTypeRepresentation(type: InstanceType, links: Links): WireObject {
  const identity = links.reference('instancetypes', type.id);
  const { sockets, cores, threads, memory } = type;
  const shown = {
    ...CONSTANTS,
    ...identity,
    name: type.name,
    description: type.description,
    comment: type.comment,
    link: links.subCollections(identity.href, Object.keys(emptyInstanceTypeCollections)),
    cpu: { topology: { cores, sockets, threads } },
    creation_time: type.creationTime,
    high_availability: shownHighAvailability(type),
    memory,
    memory_policy: { guaranteed: memory, max: 4 * memory },
    status: 'ok',
  };
  return withUnapplied(shown, type.unapplied);
}
