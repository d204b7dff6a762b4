import { CinderClient, type Volume } from '@clinker/cinder';
import { randomUUID } from 'node:crypto';
import { labValue, until } from '../lab';

/** Volumes that somebody else makes in the project of the lab's provider. */
export class ForeignVolumes {
  readonly cinder = new CinderClient({
    authenticationUrl: labValue('OS_AUTH_URL'),
    username: labValue('LAB_CINDER_USER'),
    password: labValue('LAB_CINDER_PASSWORD'),
    projectName: labValue('LAB_CINDER_PROJECT'),
  });
  private readonly made: string[] = [];

  /** A volume that is available. */
  async volume(metadata: Record<string, string> = {}): Promise<Volume> {
    const { id } = await this.cinder.createVolume({ name: `e2e-foreign-${randomUUID().slice(0, 8)}`, sizeGiB: 1, metadata });
    this.made.push(id);
    return until(
      `volume ${id} available`,
      () => this.cinder.volume(id),
      ({ status }) => status === 'available',
    );
  }

  /** A snapshot of a volume, available. */
  async snapshot(volumeId: string): Promise<string> {
    const { id } = await this.cinder.createSnapshot({ volumeId, name: 'e2e-foreign', metadata: {} });
    await until(
      `snapshot ${id} available`,
      () => this.cinder.snapshot(id),
      ({ status }) => status === 'available',
    );
    return id;
  }

  /** Removes all that are still there. */
  async close(): Promise<void> {
    for (const id of this.made) await this.remove(id);
    await this.cinder.close();
  }

  private async remove(id: string): Promise<void> {
    const attachments = await this.cinder.attachments({ volumeId: id });
    for (const attachment of attachments) await this.cinder.deleteAttachment(attachment.id);
    const snapshots = await this.cinder.findSnapshots({ volumeId: id });
    for (const snapshot of snapshots) await this.cinder.deleteSnapshot(snapshot.id);
    await until(
      `snapshots of ${id} gone`,
      () => this.cinder.findSnapshots({ volumeId: id }),
      (left) => left.length === 0,
    );
    await this.cinder.deleteVolume(id).catch(() => undefined);
  }
}
