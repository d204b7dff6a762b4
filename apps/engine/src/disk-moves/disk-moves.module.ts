import { Module } from '@nestjs/common';
import { DiskAttachmentsModule } from '../disk-attachments/disk-attachments.module';
import { DisksModule } from '../disks/disks.module';
import { CopyDiskSaga } from './copy-disk.saga';
import { DiskMovesController } from './disk-moves.controller';
import { DiskMovesService } from './disk-moves.service';
import { MoveDiskSaga } from './move-disk.saga';
import { VolumeCopyClient } from './volume-copy.client';

/** Disks on their way from one volume to another. */
@Module({
  imports: [DisksModule, DiskAttachmentsModule],
  providers: [DiskMovesService, VolumeCopyClient, MoveDiskSaga, CopyDiskSaga],
  controllers: [DiskMovesController],
})
export class DiskMovesModule {}
