import type { DiskDefinition, Monitor } from '@clinker/agent-protocol';
import { fragment } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces';
import type { RbdAttachment, VolumeAttachment } from '../volumes/connector';
import { aliasOf } from './device.alias';
import { targetIndex } from './target.names';

/** A disk with what the builder needs beside its definition. */
export interface PlacedDisk {
  readonly disk: DiskDefinition;
  readonly attachment: VolumeAttachment;
  /** `vda`, `sdb` … */
  readonly target: string;
}

const BUS = { virtio: 'virtio', virtio_scsi: 'scsi' } as const;

/** The XML of one disk: for hot plug, and by the same function inside a domain. */
export function diskXml(placed: PlacedDisk): string {
  const root = fragment({ invalidCharReplacement: '_' });
  appendDisk(root, placed);
  return root.toString({ prettyPrint: true });
}

export function appendDisk(parent: XMLBuilder, { disk, attachment, target }: PlacedDisk): void {
  const element = parent.ele('disk', { type: 'network', device: 'disk' });
  element.ele('driver', driverAttributes(disk));
  appendRbdSource(element, attachment);
  element.ele('target', { dev: target, bus: BUS[disk.interface] });
  appendLimits(element, disk.ioLimits);
  element.ele('serial').txt(disk.diskId);
  if (disk.bootOrder !== null) element.ele('boot', { order: disk.bootOrder });
  if (disk.readOnly) element.ele('readonly');
  if (disk.shareable) element.ele('shareable');
  element.ele('alias', { name: aliasOf(disk.diskId) });
  if (disk.interface === 'virtio_scsi') appendScsiAddress(element, target);
}

/**
 * No `io`: it chooses how QEMU reads files and devices, and librbd is asynchronous by itself. No `iothread`: librbd does its work in its own
 * threads, and QEMU 7 has races between hot plug and iothreads.
 * A shared disk is never cached: two guests must see each other's writes.
 */
function driverAttributes(disk: DiskDefinition): Record<string, string> {
  return {
    name: 'qemu',
    type: 'raw',
    cache: disk.shareable ? 'none' : disk.cache,
    error_policy: disk.errorPolicy,
    rerror_policy: disk.errorPolicy,
    ...(disk.passDiscard ? { discard: 'unmap', detect_zeroes: 'unmap' } : { discard: 'ignore' }),
  };
}

function appendLimits(parent: XMLBuilder, limits: DiskDefinition['ioLimits'] = {}): void {
  const given = Object.entries(limits);
  if (given.length === 0) return;
  const element = parent.ele('iotune');
  for (const [name, value] of given) element.ele(name).txt(String(value));
}

function appendRbdSource(parent: XMLBuilder, rbd: RbdAttachment): void {
  const source = parent.ele('source', { protocol: 'rbd', name: rbd.image });
  for (const monitor of rbd.monitors) source.ele('host', hostAttributes(monitor));
  source.ele('config', { file: rbd.configFile });
  if (!rbd.auth) return;
  source.ele('auth', { username: rbd.auth.user }).ele('secret', { type: 'ceph', uuid: rbd.auth.secretUuid });
}

/** QEMU brackets IPv6 addresses itself. Without a port librados tries messenger v2 and v1 on their own ports. */
const hostAttributes = ({ host, port }: Monitor): Record<string, string> => ({
  name: host,
  ...(port === null ? {} : { port: String(port) }),
});

/** libvirt would spread SCSI disks over controllers, 15 on each, and the later ones do not exist: all sit on the first, one unit each. */
function appendScsiAddress(element: XMLBuilder, target: string): void {
  element.ele('address', { type: 'drive', controller: '0', bus: '0', target: '0', unit: String(targetIndex(target)) });
}
