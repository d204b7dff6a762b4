import type { VolumeSide } from '@clinker/agent-protocol';
import { RetryLater } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import type { VolumeId } from '../disks/disk.entity';
import { HostClient } from '../hosts/host.client';
import { Host } from '../hosts/host.entity';
import { outside } from '../sagas/step.errors';

/** A host that says "in progress" has worked for some seconds: it is asked again almost at once (ms). */
const ASK_AGAIN_MS = 100;

const notYet = (what: string): RetryLater => new RetryLater(`The host has not yet finished to ${what}`, { afterMs: ASK_AGAIN_MS });

/** A file with a guest's memory on a host: that of the operation which lets it be written. */
export interface MemoryOnHost {
  readonly hostName: string;
  readonly operationId: string;
}

/** The memory of guests in files of their hosts. Every method may be repeated. */
@Injectable()
export class MemoryOnHostClient {
  constructor(
    private readonly db: EntityManager,
    private readonly hosts: HostClient,
  ) {}

  /** Writes the memory of a paused guest into the file. @returns its size (bytes) @throws RetryLater, BackendError */
  async save({ hostName, operationId }: MemoryOnHost, vmId: string, maxBytes: number): Promise<number> {
    const what = 'write the memory of the guest';
    const answer = await outside(what, () => this.hosts.send(hostName, 'ensure-memory-saved', { operationId, vmId, maxBytes }));
    if (answer.status === 'in_progress') throw notYet(what);
    return answer.imageBytes;
  }

  /** Copies the file into a volume; the host goes on by itself between two looks. @returns per cent @throws RetryLater, BackendError */
  async copy({ hostName, operationId }: MemoryOnHost, target: VolumeSide): Promise<number> {
    const what = `copy the memory into its volume on host ${hostName}`;
    const answer = await outside(what, () => this.hosts.send(hostName, 'ensure-memory-copied', { operationId, target }));
    return answer.status === 'done' ? 100 : Math.min(99, Math.floor(answer.progress));
  }

  /** Ends a guest that has stood still since its memory was written. @throws RetryLater, BackendError if it may have gone on */
  async endGuest({ hostName, operationId, vmId }: MemoryOnHost & { readonly vmId: string }): Promise<void> {
    const what = `end the paused guest on host ${hostName}`;
    const answer = await outside(what, () => this.hosts.send(hostName, 'ensure-saved-domain-gone', { operationId, vmId }));
    if (answer.status === 'in_progress') throw notYet(what);
  }

  /** Ends the copying. @throws RetryLater, BackendError */
  async endCopy({ hostName, operationId }: MemoryOnHost, targetVolumeId: VolumeId | null): Promise<void> {
    if (targetVolumeId === null || (await this.isOff(hostName))) return;
    const what = `end the copying on host ${hostName}`;
    const answer = await outside(what, () => this.hosts.send(hostName, 'ensure-volume-copy-ended', { operationId, targetVolumeId }));
    if (answer.status === 'in_progress') throw notYet(what);
  }

  /** Removes the file, and ends its writing. @throws RetryLater, BackendError */
  async remove({ hostName, operationId }: MemoryOnHost): Promise<void> {
    if (await this.isOff(hostName)) return;
    const what = `remove the file with the memory on host ${hostName}`;
    const answer = await outside(what, () => this.hosts.send(hostName, 'ensure-memory-removed', { operationId }));
    if (answer.status === 'in_progress') throw notYet(what);
  }

  /** On a host that is off for certain, or was removed, nothing runs, and its agent begins by removing such files. */
  private async isOff(hostName: string): Promise<boolean> {
    const host = await this.db.findOneBy(Host, { name: hostName });
    return !host || host.status === 'down';
  }
}
