import type { DiskDefinition, DiskSource } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import type { Disk } from '../disks/disk.entity';
import { HostClient } from '../hosts/host.client';

/** How a volume of a provider was reached the last time. */
interface Reached {
  readonly volumeId: string;
  readonly source: DiskSource;
}

/**
 * Tells hosts which volumes are coming, so that they look at them while Cinder still attaches these. It guesses: RBD images of one pool differ
 * in the volume's id alone. Nothing depends on it: a wrong guess is never used, because the host compares it with what Cinder says.
 */
@Injectable()
export class VolumeForesight {
  /** By provider and volume type; types may have pools of their own. */
  private readonly last = new Map<string, Reached>();

  constructor(private readonly hosts: HostClient) {}

  /** Notes how a volume is reached. */
  learn({ volumeType }: Disk, { volumeId, source }: DiskDefinition, providerId: string): void {
    if (source.image.includes(volumeId)) this.last.set(keyOf(providerId, volumeType), { volumeId, source });
  }

  /** Returns at once, and never fails. */
  announce({ volumeId, volumeType, provisionedSize: sizeBytes }: Disk, providerId: string, hostName: string): void {
    const known = this.last.get(keyOf(providerId, volumeType));
    if (!known || volumeId === null) return;
    const source = { ...known.source, image: known.source.image.replace(known.volumeId, volumeId) };
    this.hosts.send(hostName, 'expect-volume', { volumeId, source, sizeBytes }).catch(() => undefined);
  }
}

const keyOf = (providerId: string, volumeType: string | null): string => JSON.stringify([providerId, volumeType]);
