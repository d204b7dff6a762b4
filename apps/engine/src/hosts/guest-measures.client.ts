import type { DiskMeasures, GuestMeasures } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { EntityManager, In } from 'typeorm';
import { allOf } from '../sagas/all.of';
import { HostClient } from './host.client';
import { Host } from './host.entity';

/** How long (ms) figures are waited for: whoever reads them gets the others in any case. */
const PATIENCE_MS = 3_000;

const USERS = `
  SELECT DISTINCT attachment.disk_id AS "diskId", vm.id, vm.host_id AS "hostId" FROM disk_attachment attachment JOIN vm ON vm.id = attachment.vm_id
  WHERE attachment.disk_id = ANY ($1::uuid[]) AND attachment.plugged AND vm.host_id IS NOT NULL`;

/** A VM, and the host on which it runs. */
export interface MeasuredVm {
  readonly id: string;
  readonly hostId: string | null;
}

/** What guests use of their hosts now. It is asked for when somebody wants to see it, and kept nowhere. */
@Injectable()
export class GuestMeasuresClient {
  constructor(
    private readonly db: EntityManager,
    private readonly hosts: HostClient,
  ) {}

  /** By the ids of the VMs; nothing of those that do not run, or whose host does not answer soon. */
  async ofVms(vms: readonly MeasuredVm[]): Promise<ReadonlyMap<string, GuestMeasures>> {
    const running = vms.filter(({ hostId }) => hostId !== null);
    if (running.length === 0) return new Map();
    const hosts = await this.db.findBy(Host, { id: In(running.map(({ hostId }) => hostId)), status: 'up' });
    const told = await allOf(
      hosts.map(({ id, name }) =>
        this.ask(
          name,
          running.filter(({ hostId }) => hostId === id).map((vm) => vm.id),
        ),
      ),
    );
    return new Map(told.flat().map((one) => [one.vmId, one]));
  }

  /** By the ids of the disks: of a shared one what all its VMs do, and the longest latency. */
  async ofDisks(diskIds: readonly string[]): Promise<ReadonlyMap<string, DiskMeasures>> {
    const users = await this.db.query<(MeasuredVm & { diskId: string })[]>(USERS, [diskIds]);
    const guests = await this.ofVms(users);
    const found = new Map<string, DiskMeasures>();
    for (const disk of [...guests.values()].flatMap(({ disks }) => disks)) {
      const others = found.get(disk.diskId);
      found.set(disk.diskId, others ? together(others, disk) : disk);
    }
    return found;
  }

  private async ask(hostName: string, vmIds: readonly string[]): Promise<GuestMeasures[]> {
    const asked = this.hosts.send(hostName, 'measure-guests', { vmIds: [...new Set(vmIds)] }).then(
      ({ guests }) => guests,
      () => [],
    );
    return Promise.race([asked, pause(PATIENCE_MS, [], { ref: false })]);
  }
}

const together = (a: DiskMeasures, b: DiskMeasures): DiskMeasures => ({
  diskId: a.diskId,
  readBytesPerSecond: a.readBytesPerSecond + b.readBytesPerSecond,
  writtenBytesPerSecond: a.writtenBytesPerSecond + b.writtenBytesPerSecond,
  readLatency: Math.max(a.readLatency, b.readLatency),
  writeLatency: Math.max(a.writeLatency, b.writeLatency),
  flushLatency: Math.max(a.flushLatency, b.flushLatency),
});
