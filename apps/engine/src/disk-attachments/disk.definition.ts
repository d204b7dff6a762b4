import type { DiskDefinition, DiskSource, Monitor, RbdSource } from '@clinker/agent-protocol';
import type { ConnectionInfo } from '@clinker/cinder';
import { ioLimits } from '../disk-profiles/disk-io.limits';
import type { Disk } from '../disks/disk.entity';
import { BackendError, UnsupportedError } from '../errors/domain.errors';
import type { QosLimits } from '../qoss/qos.limits';
import type { DiskAttachment } from './disk-attachment.entity';

/** Everything that a disk's definition for the host is made of. */
export interface DiskParts {
  readonly disk: Disk;
  readonly attachment: DiskAttachment;
  readonly connectionInfo: ConnectionInfo;
  readonly providerId: string;
  /** From 1; null if the VM does not boot from it. */
  readonly bootOrder: number | null;
  /** What limits the disk; null if its profile does not. */
  readonly qos: QosLimits | null;
}

/** The ports that Ceph's monitors have unless told otherwise: librados then tries both protocols by itself. */
const DEFAULT_PORTS = ['6789', '3300'];

/** Cinder keeps hosts and ports in step; a difference is a fault that must not become a wrong monitor. */
function monitorsOf({ hosts, ports }: ConnectionInfo): Monitor[] {
  if (!hosts?.length || hosts.length !== ports?.length) throw new BackendError('Cinder gave no usable list of Ceph monitors.');
  return hosts.map((host, i) => ({ host, port: DEFAULT_PORTS.includes(ports[i] ?? '') ? null : Number(ports[i]) }));
}

function rbdSource(info: ConnectionInfo, providerId: string): RbdSource {
  if (!info.name) throw new BackendError('Cinder did not name the RBD image.');
  const authenticated = info.auth_enabled === true;
  return {
    kind: 'rbd',
    clusterId: providerId,
    image: info.name,
    monitors: monitorsOf(info),
    user: authenticated ? (info.auth_username ?? null) : null,
    secretUuid: authenticated ? (info.secret_uuid ?? null) : null,
  };
}

/**
 * Where a volume's data are, for a host.
 * @throws UnsupportedError for a connection that hosts cannot make yet, BackendError for one that makes no sense
 */
export function diskSource(connectionInfo: ConnectionInfo, providerId: string): DiskSource {
  if (connectionInfo.driver_volume_type !== 'rbd')
    throw new UnsupportedError(`Volumes of the kind '${connectionInfo.driver_volume_type}' cannot be connected yet; 'rbd' can.`);
  return rbdSource(connectionInfo, providerId);
}

/**
 * A disk as the host is to show it to the guest; the same for boot and hot plug.
 * @throws UnsupportedError for a connection that hosts cannot make yet, BackendError for one that makes no sense
 */
export function diskDefinition({ disk, attachment, connectionInfo, providerId, bootOrder, qos }: DiskParts): DiskDefinition {
  if (!disk.volumeId) throw new BackendError(`Disk ${disk.name} has no volume.`);
  const limits = ioLimits(qos, connectionInfo);
  return {
    diskId: disk.id,
    volumeId: disk.volumeId,
    source: diskSource(connectionInfo, providerId),
    sizeBytes: disk.provisionedSize,
    interface: attachment.interface,
    readOnly: attachment.readOnly,
    shareable: disk.shareable,
    passDiscard: attachment.passDiscard,
    cache: 'none',
    errorPolicy: disk.propagateErrors ? 'report' : 'stop',
    bootOrder,
    ...(limits && { ioLimits: limits }),
  };
}
