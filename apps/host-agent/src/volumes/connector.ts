import type { DiskDefinition, DiskSource, Monitor } from '@clinker/agent-protocol';

/** An RBD image as libvirt's XML names it. */
export interface RbdAttachment {
  readonly kind: 'rbd';
  /** `pool/name` */
  readonly image: string;
  /** In the order in which librados shall try them. */
  readonly monitors: readonly Monitor[];
  /** Ceph conf file that bounds librados' patience. */
  readonly configFile: string;
  readonly auth: { readonly user: string; readonly secretUuid: string } | null;
}

/** What a connected volume looks like to the XML builder. */
export type VolumeAttachment = RbdAttachment;

/** A disk whose source is of one kind. */
export type DiskOf<K extends DiskSource['kind']> = DiskDefinition & { readonly source: Extract<DiskSource, { kind: K }> };

/**
 * One way to reach volumes. Another kind of storage is one more member of the contract's `diskSourceSchema`, one more connector, and one more
 * source element in the XML builder.
 */
export interface Connector<K extends DiskSource['kind'] = DiskSource['kind']> {
  readonly kind: K;
  /**
   * Checks that the volume is what the engine says and makes it usable on this host. May be repeated.
   * @throws AgentError
   */
  connect(disk: DiskOf<K>): Promise<VolumeAttachment>;
  /** Takes back on this host what `connect` did. May be repeated, and called for a volume that was never connected. */
  disconnect(disk: DiskOf<K>): Promise<void>;
}
