import { Module } from '@nestjs/common';
import { DiskAttachmentsModule } from '../disk-attachments/disk-attachments.module';
import { DisksModule } from '../disks/disks.module';
import { MemoryOnHostClient } from './memory-on-host.client';
import { MemoryVolumeClient } from './memory-volume.client';
import { SnapshotMemoryClient } from './snapshot-memory.client';

/** The memory of VMs, kept with their snapshots. */
@Module({
  imports: [DisksModule, DiskAttachmentsModule],
  providers: [MemoryVolumeClient, MemoryOnHostClient, SnapshotMemoryClient],
  exports: [MemoryVolumeClient, SnapshotMemoryClient],
})
export class SnapshotMemoryModule {}
