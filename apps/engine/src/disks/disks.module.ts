import { Module } from '@nestjs/common';
import { CreateDiskSaga } from './create-disk.saga';
import { DiskVolumeClient } from './disk-volume.client';
import { DiskAccess } from './disk.access';
import { DisksController } from './disks.controller';
import { DisksService } from './disks.service';
import { PendingSnapshotsClient } from './pending-snapshots.client';
import { PendingVolumesClient } from './pending-volumes.client';
import { RemoveDiskSaga } from './remove-disk.saga';
import { StorageDomainDisksController } from './storage-domain-disks.controller';
import { VolumeLimitsService } from './volume-limits.service';
import { VolumeSnapshotClient } from './volume-snapshot.client';

/** Disks: volumes in Cinder, with a life of their own beside the VMs. */
@Module({
  providers: [
    DisksService,
    DiskAccess,
    VolumeLimitsService,
    DiskVolumeClient,
    PendingVolumesClient,
    VolumeSnapshotClient,
    PendingSnapshotsClient,
    CreateDiskSaga,
    RemoveDiskSaga,
  ],
  controllers: [DisksController, StorageDomainDisksController],
  exports: [DisksService, DiskAccess, DiskVolumeClient, VolumeSnapshotClient, VolumeLimitsService],
})
export class DisksModule {}
