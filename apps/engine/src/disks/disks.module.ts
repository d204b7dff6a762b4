import { Module } from '@nestjs/common';
import { CreateDiskSaga } from './create-disk.saga';
import { DiskVolumeClient } from './disk-volume.client';
import { DiskChangesService } from './disk-changes.service';
import { DiskAccess } from './disk.access';
import { DisksController } from './disks.controller';
import { DisksService } from './disks.service';
import { ExtendDiskSaga } from './extend-disk.saga';
import { GuestSizeClient } from './guest-size.client';
import { PendingSnapshotsClient } from './pending-snapshots.client';
import { PendingVolumesClient } from './pending-volumes.client';
import { RemoveDiskSaga } from './remove-disk.saga';
import { StorageDomainDisksController } from './storage-domain-disks.controller';
import { UpdateDiskSaga } from './update-disk.saga';
import { VolumeLimitsService } from './volume-limits.service';
import { VolumeSizeClient } from './volume-size.client';
import { VolumeSnapshotClient } from './volume-snapshot.client';

/** Disks: volumes in Cinder, with a life of their own beside the VMs. */
@Module({
  providers: [
    DisksService,
    DiskChangesService,
    DiskAccess,
    VolumeLimitsService,
    DiskVolumeClient,
    VolumeSizeClient,
    GuestSizeClient,
    PendingVolumesClient,
    VolumeSnapshotClient,
    PendingSnapshotsClient,
    CreateDiskSaga,
    UpdateDiskSaga,
    ExtendDiskSaga,
    RemoveDiskSaga,
  ],
  controllers: [DisksController, StorageDomainDisksController],
  exports: [DisksService, DiskAccess, DiskVolumeClient, VolumeSnapshotClient, VolumeLimitsService],
})
export class DisksModule {}
