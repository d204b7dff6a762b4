import type { ConsoleAddress } from '@clinker/agent-protocol';
import { SaxesParser } from 'saxes';
import { METADATA_NAMESPACE } from './domain-xml.builder';
import { clusterOfConf } from '../volumes/ceph-conf.file';
import { deviceIdOf } from './device.alias';

/** A disk in a domain's live XML. */
export interface LiveDisk {
  readonly alias: string | null;
  /** Null for a disk that is not ours. */
  readonly diskId: string | null;
  readonly target: string;
  /** `pool/name` of a network disk, else the path of the device or file; empty for a drive without a medium. */
  readonly source: string;
  /** Names the data behind the disk on this host: equal for two disks on the same image. */
  readonly identity: string;
  readonly shareable: boolean;
}

/** An interface in a domain's live XML. */
export interface LiveNic {
  /** Null for an interface that is not ours. */
  readonly nicId: string | null;
  readonly mac: string;
  readonly model: string;
  /** Null if it is connected to nothing. */
  readonly bridge: string | null;
  readonly linked: boolean;
  /** Bytes; null if none was set. */
  readonly mtu: number | null;
}

export interface LiveDomain {
  /** Whether we made it. */
  readonly ours: boolean;
  readonly disks: readonly LiveDisk[];
  readonly nics: readonly LiveNic[];
  /** Where its display is to be reached; null if it cannot. */
  readonly console: ConsoleAddress | null;
}

interface DiskDraft {
  alias: string | null;
  target: string;
  source: string;
  protocol: string;
  cluster: string;
  shareable: boolean;
}

type NicDraft = { -readonly [Member in keyof LiveNic]: LiveNic[Member] };

const DISK_PATH = 'domain/devices/disk';
const NIC_PATH = 'domain/devices/interface';
const DISPLAY_PATH = 'domain/devices/graphics';

/** Reads of a domain's XML what we need; of nested elements of a disk, such as its backing store, nothing. */
export function readDomainXml(xml: string): LiveDomain {
  const path: string[] = [];
  const disks: DiskDraft[] = [];
  const nics: NicDraft[] = [];
  const display = { address: '', port: 0 };
  let ours = false;
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', (tag) => {
    path.push(tag.local);
    ours ||= tag.uri === METADATA_NAMESPACE;
    const attribute = (name: string): string => tag.attributes[name]?.value ?? '';
    const place = path.join('/');
    if (place === DISK_PATH) disks.push({ alias: null, target: '', source: '', protocol: '', cluster: '', shareable: false });
    else if (place.startsWith(`${DISK_PATH}/`)) noteDiskChild(disks.at(-1), place.slice(DISK_PATH.length + 1), attribute);
    else if (place === NIC_PATH) nics.push({ nicId: null, mac: '', model: '', bridge: null, linked: true, mtu: null });
    else if (place.startsWith(`${NIC_PATH}/`)) noteNicChild(nics.at(-1), place.slice(NIC_PATH.length + 1), attribute);
    else if (place === DISPLAY_PATH) display.port = Number(attribute('port'));
    else if (place === `${DISPLAY_PATH}/listen`) display.address = attribute('address');
  });
  parser.on('closetag', () => void path.pop());
  parser.write(xml).close();
  return { ours, disks: disks.map(liveDisk), nics, console: display.port > 0 && display.address !== '' ? display : null };
}

function noteDiskChild(disk: DiskDraft | undefined, child: string, attribute: (name: string) => string): void {
  if (!disk) return;
  if (child === 'target') disk.target = attribute('dev');
  else if (child === 'alias') disk.alias = attribute('name');
  else if (child === 'shareable') disk.shareable = true;
  else if (child === 'source/config') disk.cluster = clusterOfConf(attribute('file'));
  else if (child === 'source') noteSource(disk, attribute);
}

function noteNicChild(nic: NicDraft | undefined, child: string, attribute: (name: string) => string): void {
  if (!nic) return;
  if (child === 'mac') nic.mac = attribute('address');
  else if (child === 'source') nic.bridge = attribute('bridge') || null;
  else if (child === 'model') nic.model = attribute('type');
  else if (child === 'link') nic.linked = attribute('state') !== 'down';
  else if (child === 'mtu') nic.mtu = Number(attribute('size'));
  else if (child === 'alias') nic.nicId = deviceIdOf(attribute('name'));
}

function noteSource(disk: DiskDraft, attribute: (name: string) => string): void {
  disk.protocol = attribute('protocol');
  disk.source = attribute('name') || attribute('dev') || attribute('file');
}

function liveDisk({ alias, target, source, shareable, protocol, cluster }: DiskDraft): LiveDisk {
  const identity = protocol === 'rbd' ? rbdIdentity(cluster, source) : source;
  return { alias, diskId: deviceIdOf(alias), target, source, identity, shareable };
}

/** Names an RBD image among all clusters of this host. */
export const rbdIdentity = (clusterId: string, image: string): string => `rbd:${clusterId}:${image}`;
