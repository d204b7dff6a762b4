import { type Attachment, type CinderClient, type ConnectionInfo, isCinderError } from '@clinker/cinder';
import { Injectable } from '@nestjs/common';
import { CinderClients } from '../cinder/cinder.clients';
import type { VolumeId } from '../disks/disk.entity';
import { BackendError } from '../errors/domain.errors';
import type { Host } from '../hosts/host.entity';
import { allOf } from '../sagas/all.of';

/** A volume and the VM that uses it. In Cinder the VM is the attachment's instance. */
export interface VolumeUse {
  readonly providerId: string;
  readonly volumeId: VolumeId;
  readonly vmId: string;
}

/** How a host is to get a volume. */
export interface VolumeAccess {
  readonly host: Host;
  readonly readOnly: boolean;
  /** Nobody can have attached it for this operation before: there is nothing to look for. */
  readonly isFirst: boolean;
}

/** What Cinder gave. */
export interface VolumeConnection {
  readonly cinderAttachmentId: string;
  readonly connectionInfo: ConnectionInfo;
}

const connectionOf = ({ id, connectionInfo }: Attachment): VolumeConnection => {
  if (!connectionInfo) throw new BackendError('Cinder gave no connection information for the attachment.');
  return { cinderAttachmentId: id, connectionInfo };
};

/**
 * Connects volumes to hosts in Cinder, by the attachments API: reserve and initialise with the host's real connector, complete, end.
 * Everything may be repeated; only attachments of this VM and this volume are ever touched.
 */
@Injectable()
export class VolumeConnectionClient {
  constructor(private readonly clients: CinderClients) {}

  /** Finds the attachment of an earlier attempt, or makes one. @throws CinderError, BackendError */
  async attach(use: VolumeUse, { host, readOnly, isFirst }: VolumeAccess): Promise<VolumeConnection> {
    const client = await this.clients.client(use.providerId);
    const [earlier, ...surplus] = isFirst ? [] : await client.attachments({ volumeId: use.volumeId, instanceId: use.vmId });
    await allOf(surplus.map(({ id }) => this.end(client, id)));
    const { connector } = host.capabilities;
    if (earlier) return connectionOf(await client.updateAttachment(earlier.id, connector));
    const { volumeId, vmId: instanceId } = use;
    return connectionOf(await client.createAttachment({ volumeId, instanceId, connector, mode: readOnly ? 'ro' : 'rw' }));
  }

  /** Tells Cinder that the VM has the disk: the volume becomes `in-use`. @throws CinderError */
  async complete(providerId: string, cinderAttachmentId: string): Promise<void> {
    const client = await this.clients.client(providerId);
    await client.completeAttachment(cinderAttachmentId);
  }

  /** Ends every attachment of this VM and this volume. None is fine. @throws CinderError */
  async detach(use: VolumeUse): Promise<void> {
    const client = await this.clients.client(use.providerId);
    const found = await client.attachments({ volumeId: use.volumeId, instanceId: use.vmId });
    await allOf(found.map(({ id }) => this.end(client, id)));
  }

  private async end(client: CinderClient, attachmentId: string): Promise<void> {
    try {
      await client.deleteAttachment(attachmentId);
    } catch (error) {
      if (!isCinderError(error, 'not_found')) throw error;
    }
  }
}
