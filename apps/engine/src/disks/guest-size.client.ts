import { RetryLater } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { BackendError } from '../errors/domain.errors';
import { HostClient } from '../hosts/host.client';
import { allOf } from '../sagas/all.of';
import { outside } from '../sagas/step.errors';
import type { DiskId } from './disk.entity';

/** A running VM that sees the disk. */
interface Viewer {
  readonly vmId: string;
  readonly vmName: string;
  readonly hostName: string;
}

/** A disk, its size and the operation that has changed it. */
export interface ResizedDisk {
  readonly diskId: DiskId;
  readonly sizeBytes: number;
  readonly operationId: string;
}

/** A VM that does not see the disk's size before it starts anew. */
export interface Unaware {
  readonly vmId: string;
  readonly reason: string;
}

const VIEWERS = `
  SELECT vm.id AS "vmId", vm.name AS "vmName", host.name AS "hostName"
  FROM disk_attachment attachment JOIN vm ON vm.id = attachment.vm_id JOIN host ON host.id = vm.host_id
  WHERE attachment.disk_id = $1 AND attachment.plugged AND vm.status <> 'down' ORDER BY vm.name`;

/** A host answers "in progress" only after it has worked for some seconds, so it is asked again almost at once (ms). */
const ASK_AGAIN_MS = 100;

/** Lets running guests see how large a disk is now. May be repeated. */
@Injectable()
export class GuestSizeClient {
  constructor(
    private readonly db: EntityManager,
    private readonly hosts: HostClient,
  ) {}

  /**
   * Tells all of them.
   * @returns those whose host could not do it; the disk itself is well
   * @throws RetryLater as long as a host does not answer
   */
  async show(disk: ResizedDisk): Promise<Unaware[]> {
    const viewers = await this.db.query<Viewer[]>(VIEWERS, [disk.diskId]);
    const outcomes = await allOf(viewers.map((viewer) => this.showTo(viewer, disk)));
    return outcomes.flat();
  }

  private async showTo({ vmId, vmName, hostName }: Viewer, { operationId, diskId, sizeBytes }: ResizedDisk): Promise<Unaware[]> {
    const what = `show VM ${vmName} the new size of the disk on host ${hostName}`;
    try {
      const request = { operationId, vmId, diskId, sizeBytes };
      const answer = await outside(what, () => this.hosts.send(hostName, 'ensure-disk-resized', request));
      if (answer.status === 'in_progress') throw new RetryLater(`The host has not yet finished to ${what}`, { afterMs: ASK_AGAIN_MS });
      return [];
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      return [{ vmId, reason: error.message }];
    }
  }
}
