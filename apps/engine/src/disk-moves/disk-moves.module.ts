import { Module } from '@nestjs/common';
import { DiskAttachmentsModule } from '../disk-attachments/disk-attachments.module';
import { DisksModule } from '../disks/disks.module';
import { CopyDiskSaga } from './copy-disk.saga';
import { DiskMovesController } from './disk-moves.controller';
import { DiskMovesService } from './disk-moves.service';
import { MoveDiskSaga } from './move-disk.saga';
import { RetypeDiskSaga } from './retype-disk.saga';
import { VolumeCopyClient } from './volume-copy.client';
import { VolumeTypeClient } from './volume-type.client';

/** Disks on their way from one volume to another. */
@Module({
  imports: [DisksModule, DiskAttachmentsModule],
  providers: [DiskMovesService, VolumeCopyClient, VolumeTypeClient, MoveDiskSaga, RetypeDiskSaga, CopyDiskSaga],
  controllers: [DiskMovesController],
})
export class DiskMovesModule {}
