import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { rowsByIds } from '../database/rows.by-ids';
import { DiskSnapshot } from '../disks/disk-snapshot.entity';
import { Followers, listsOf } from '../follow/followers';
import { Nic } from '../networks/nic.entity';
import { DiskSnapshotsService } from './disk-snapshots.service';
import { byName, disksInSnapshots, disksOfVms } from './disks.in-snapshots';
import { diskInSnapshotRepresentation, diskSnapshotRepresentation, nicInSnapshotRepresentation } from './snapshot.representation';
import type { DiskInSnapshot, NicInSnapshot } from './snapshot.view';
import { VmSnapshot } from './vm-snapshot.entity';

/** Makes what snapshots have known to `follow`. The id of a VM's active snapshot is the VM's. */
@Injectable()
export class SnapshotFollowers {
  constructor(
    private readonly db: EntityManager,
    private readonly followers: Followers,
    images: DiskSnapshotsService,
  ) {
    followers.empty('vms/snapshots', { cdroms: 'cdroms' });
    this.disks();
    this.nics();
    this.images(
      'disks',
      (ids) => images.ofDisks(ids),
      ({ disk }) => disk.id,
    );
    this.images(
      'storagedomains',
      (ids) => images.ofDomains(ids),
      ({ disk }) => disk.storageDomainId,
    );
  }

  private disks(): void {
    this.followers.list('vms/snapshots/disks', 'disks', async (ids, { links }) => {
      const taken = await disksInSnapshots(this.db, await rowsByIds(this.db, DiskSnapshot, ids, 'snapshotId'));
      return listsOf(
        [...taken, ...(await disksOfVms(this.db, ids))].sort(byName),
        ({ image }) => image.snapshotId,
        (one) => diskInSnapshotRepresentation(one, `vms/${one.vmId}/snapshots/${one.image.snapshotId}/disks`, links),
      );
    });
  }

  private nics(): void {
    this.followers.list('vms/snapshots/nics', 'nics', async (ids, { links }) => {
      const taken = (await rowsByIds(this.db, VmSnapshot, ids)).flatMap(({ id, vmId, configuration }) =>
        configuration.nics.map((nic): [string, NicInSnapshot] => [id, { ...nic, vmId }]),
      );
      const active = (await rowsByIds(this.db, Nic, ids, 'vmId')).map((nic): [string, NicInSnapshot] => [nic.vmId, nic]);
      return listsOf(
        [...taken, ...active],
        ([snapshotId]) => snapshotId,
        ([snapshotId, nic]) => nicInSnapshotRepresentation(nic, snapshotId, links),
      );
    });
  }

  private images(
    collection: 'disks' | 'storagedomains',
    load: (ids: readonly string[]) => Promise<DiskInSnapshot[]>,
    ownerOf: (one: DiskInSnapshot) => string,
  ): void {
    this.followers.list(`${collection}/disksnapshots`, 'disk_snapshots', async (ids, { links }) =>
      listsOf(await load(ids), ownerOf, (one) => diskSnapshotRepresentation(one, `${collection}/${ownerOf(one)}/disksnapshots`, links)),
    );
  }
}
