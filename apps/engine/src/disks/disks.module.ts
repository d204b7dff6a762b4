import { Module } from '@nestjs/common';
import { CopyLimitsService } from './copy-limits.service';
import { CreateDiskSaga } from './create-disk.saga';
import { CinderPatience } from './cinder.patience';
import { DiskVolumeClient } from './disk-volume.client';
import { DiskChangesService } from './disk-changes.service';
import { DiskAccess } from './disk.access';
import { DisksController } from './disks.controller';
import { DisksService } from './disks.service';
import { ExtendDiskSaga } from './extend-disk.saga';
import { GuestSizeClient } from './guest-size.client';
import { PendingSnapshotsClient } from './pending-snapshots.client';
import { PendingVolumesClient } from './pending-volumes.client';
import { RegisterDiskSaga } from './register-disk.saga';
import { RemoveDiskSaga } from './remove-disk.saga';
import { StorageDomainDisksController } from './storage-domain-disks.controller';
import { UnregisterDiskSaga } from './unregister-disk.saga';
import { UnregisteredDisksService } from './unregistered-disks.service';
import { UpdateDiskSaga } from './update-disk.saga';
import { VolumeGroupClient } from './volume-group.client';
import { VolumeLimitsService } from './volume-limits.service';
import { VolumeOwnershipClient } from './volume-ownership.client';
import { VolumeSizeClient } from './volume-size.client';
import { VolumeSnapshotClient } from './volume-snapshot.client';
import { VolumeWorkClient } from './volume-work.client';

/** Disks: volumes in Cinder, with a life of their own beside the VMs. */
@Module({
  providers: [
    DisksService,
    DiskChangesService,
    DiskAccess,
    VolumeLimitsService,
    CopyLimitsService,
    CinderPatience,
    DiskVolumeClient,
    VolumeWorkClient,
    VolumeSizeClient,
    VolumeOwnershipClient,
    UnregisteredDisksService,
    GuestSizeClient,
    PendingVolumesClient,
    VolumeSnapshotClient,
    VolumeGroupClient,
    PendingSnapshotsClient,
    CreateDiskSaga,
    UpdateDiskSaga,
    ExtendDiskSaga,
    RemoveDiskSaga,
    RegisterDiskSaga,
    UnregisterDiskSaga,
  ],
  controllers: [DisksController, StorageDomainDisksController],
  exports: [
    DisksService,
    DiskAccess,
    DiskVolumeClient,
    VolumeWorkClient,
    VolumeSnapshotClient,
    VolumeGroupClient,
    VolumeLimitsService,
    CopyLimitsService,
  ],
})
export class DisksModule {}
