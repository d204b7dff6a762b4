import { Module } from '@nestjs/common';
import { DisksModule } from '../disks/disks.module';
import { AttachedVolumeClient } from './attached-volume.client';
import { DiskAttachmentsController } from './disk-attachments.controller';
import { DiskAttachmentsService } from './disk-attachments.service';
import { HostDiskClient } from './host-disk.client';
import { PlugDiskSaga } from './plug-disk.saga';
import { UnplugDiskSaga } from './unplug-disk.saga';
import { VolumeConnectionClient } from './volume-connection.client';
import { VolumeForesight } from './volume-foresight.client';

/** What binds disks to VMs, and shows them to the running ones. */
@Module({
  imports: [DisksModule],
  providers: [
    DiskAttachmentsService,
    HostDiskClient,
    AttachedVolumeClient,
    VolumeConnectionClient,
    VolumeForesight,
    PlugDiskSaga,
    UnplugDiskSaga,
  ],
  controllers: [DiskAttachmentsController],
  exports: [DiskAttachmentsService, VolumeConnectionClient, VolumeForesight],
})
export class DiskAttachmentsModule {}
