import { isCinderError } from './cinder.error';
import { CinderGroups } from './cinder.groups';
import { CinderReader, segment } from './cinder.reader';
import { attachmentSchema, snapshotSchema, volumeSchema, type Attachment, type Snapshot, type Volume } from './cinder.schemas';
import { compareVersions } from './cinder.version';
import { inside } from './page.reader';

/** A host's connector properties, as os-brick's get_connector_properties gives them. */
export type Connector = Record<string, unknown>;

/** A new volume. Cinder takes no id from us and names are not unique: put your own id into `metadata` and look for it before you create again. */
export interface NewVolume {
  name: string;
  /** Whole GiB. */
  sizeGiB: number;
  metadata: Readonly<Record<string, string>>;
  /** Name or id; Cinder's default type when absent. */
  volumeType?: string | undefined;
  description?: string | undefined;
  snapshotId?: string | undefined;
  sourceVolumeId?: string | undefined;
  availabilityZone?: string | undefined;
}

/** What may change of a volume or a snapshot without touching its data. `metadata` replaces all of it. */
export interface VolumeChanges {
  name?: string;
  description?: string;
  metadata?: Readonly<Record<string, string>>;
}

export interface NewAttachment {
  volumeId: string;
  /** The VM's id, a UUID. */
  instanceId: string;
  /** Null only reserves the volume; updateAttachment() gives the connector later. */
  connector: Connector | null;
  mode: 'rw' | 'ro';
}

export interface NewSnapshot {
  volumeId: string;
  name: string;
  metadata: Readonly<Record<string, string>>;
  description?: string | undefined;
}

/**
 * Changes volumes, attachments and snapshots. No change is ever repeated in here: after an error with `retryable` its outcome is not known,
 * and the caller looks before it asks again. Cinder works in the background: created, extended and deleted volumes are finished later.
 */
export class CinderClient extends CinderReader {
  /** Volumes that are snapshotted together. */
  readonly groups = new CinderGroups(this.connection);

  /** Throws `over_limit` (quota), `not_found` (type, snapshot or source), `bad_request`. The volume is `creating` at first. */
  createVolume(volume: NewVolume): Promise<Volume> {
    const body = {
      name: volume.name,
      size: volume.sizeGiB,
      metadata: volume.metadata,
      volume_type: volume.volumeType,
      description: volume.description,
      snapshot_id: volume.snapshotId,
      source_volid: volume.sourceVolumeId,
      availability_zone: volume.availabilityZone,
    };
    return this.connection.ask({ method: 'POST', path: '/volumes', body: { volume: body } }, inside('volume', volumeSchema));
  }

  /** Accepted only while nothing is attached and no snapshot is left (`bad_request`); the volume is gone later. */
  async deleteVolume(id: string): Promise<void> {
    await this.connection.send({ method: 'DELETE', path: `/volumes/${segment(id)}` });
  }

  /**
   * Deletes a volume whatever its status is, as long as nothing is attached to it. A deletion that has failed (`error_deleting`) can only be
   * repeated in this way. Cinder allows it to administrators of the project: otherwise `forbidden`.
   */
  async forceDeleteVolume(id: string): Promise<void> {
    await this.connection.send({ method: 'POST', path: `/volumes/${segment(id)}/action`, body: { 'os-force_delete': {} } });
  }

  updateVolume(id: string, changes: VolumeChanges): Promise<Volume> {
    return this.connection.ask(
      { method: 'PUT', path: `/volumes/${segment(id)}`, body: { volume: changes } },
      inside('volume', volumeSchema),
    );
  }

  /** Adds entries to the metadata; those of the same names are replaced, the others stay. */
  async addMetadata(of: 'volumes' | 'snapshots', id: string, metadata: Readonly<Record<string, string>>): Promise<void> {
    await this.connection.send({ method: 'POST', path: `/${of}/${segment(id)}/metadata`, body: { metadata } });
  }

  /** Removes one entry of the metadata; one that is not there, or whose object is gone, is no error. */
  async removeMetadata(of: 'volumes' | 'snapshots', id: string, name: string): Promise<void> {
    try {
      await this.connection.send({ method: 'DELETE', path: `/${of}/${segment(id)}/metadata/${segment(name)}` });
    } catch (error) {
      if (!isCinderError(error, 'not_found')) throw error;
    }
  }

  /** Also while attached (API 3.42). Throws `over_limit`, and `bad_request` for a size that is not larger. */
  async extendVolume(id: string, sizeGiB: number): Promise<void> {
    await this.connection.send({ method: 'POST', path: `/volumes/${segment(id)}/action`, body: { 'os-extend': { new_size: sizeGiB } } });
  }

  /**
   * Changes the type (a name or an id) if the storage can do so without moving data; if not, the volume is as before after a while. Throws
   * `over_limit`, and `bad_request` if the types are too different, or the volume is in use or in a group.
   */
  async retypeVolume(id: string, volumeType: string): Promise<void> {
    const retype = { new_type: volumeType, migration_policy: 'never' };
    await this.connection.send({ method: 'POST', path: `/volumes/${segment(id)}/action`, body: { 'os-retype': retype } });
  }

  /**
   * Says that a volume is usable after a change of it has failed (`error_extending`). Changes no data. Cinder allows it to administrators:
   * otherwise `forbidden`.
   */
  async resetVolumeStatus(id: string, status: 'available' | 'in-use'): Promise<void> {
    await this.connection.send({ method: 'POST', path: `/volumes/${segment(id)}/action`, body: { 'os-reset_status': { status } } });
  }

  /**
   * Reserves the volume for an instance and, with a connector, has the storage let that host in. Twice for one instance makes two attachments:
   * look with attachments() after an uncertain outcome. Throws `bad_request` when another instance has the volume.
   */
  async createAttachment(attachment: NewAttachment): Promise<Attachment> {
    const { volumeId, instanceId } = attachment;
    const { used } = await this.version();
    const body = { attachment: { volume_uuid: volumeId, instance_uuid: instanceId, ...access(attachment, used) } };
    const request = { method: 'POST', path: '/attachments', body, readTimeoutMs: this.attachmentTimeoutMs } as const;
    return this.connection.ask(request, inside('attachment', attachmentSchema));
  }

  /** Gives a reserved attachment its connector, or fresh connection info for the one that it has. */
  updateAttachment(id: string, connector: Connector): Promise<Attachment> {
    const path = `/attachments/${segment(id)}`;
    const request = { method: 'PUT', path, body: { attachment: { connector } }, readTimeoutMs: this.attachmentTimeoutMs } as const;
    return this.connection.ask(request, inside('attachment', attachmentSchema));
  }

  /** Says that the instance has the disk: attachment `attached`, volume `in-use`. May be repeated. */
  async completeAttachment(id: string): Promise<void> {
    await this.connection.send({ method: 'POST', path: `/attachments/${segment(id)}/action`, body: { 'os-complete': {} } });
  }

  /** Ends the host's access and frees the volume. Sent with a service token, so that Cinder does not ask Nova (CVE-2023-2088). */
  async deleteAttachment(id: string): Promise<void> {
    const path = `/attachments/${segment(id)}`;
    await this.connection.send({ method: 'DELETE', path, asService: true, readTimeoutMs: this.attachmentTimeoutMs });
  }

  /** Of a volume in use as well. The snapshot is `creating` at first. */
  createSnapshot(snapshot: NewSnapshot): Promise<Snapshot> {
    const { volumeId, name, metadata, description } = snapshot;
    const body = { snapshot: { volume_id: volumeId, name, metadata, description, force: true } };
    return this.connection.ask({ method: 'POST', path: '/snapshots', body }, inside('snapshot', snapshotSchema));
  }

  /** Accepted unless Cinder works on it (`bad_request`). One that volumes depend on becomes `available` again; messages() say why. */
  async deleteSnapshot(id: string): Promise<void> {
    await this.connection.send({ method: 'DELETE', path: `/snapshots/${segment(id)}` });
  }

  /** Deletes a snapshot whatever its status is; for one whose deletion has failed. As {@link forceDeleteVolume} otherwise. */
  async forceDeleteSnapshot(id: string): Promise<void> {
    await this.connection.send({ method: 'POST', path: `/snapshots/${segment(id)}/action`, body: { 'os-force_delete': {} } });
  }
}

/** Before API 3.54 the mode could only be told inside the connector. */
function access({ connector, mode }: NewAttachment, version: string): Record<string, unknown> {
  if (compareVersions(version, '3.54') >= 0) return { connector, mode };
  return { connector: connector === null ? null : { ...connector, mode } };
}
