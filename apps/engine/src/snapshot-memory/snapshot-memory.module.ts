import { Module } from '@nestjs/common';
import { DiskAttachmentsModule } from '../disk-attachments/disk-attachments.module';
import { DisksModule } from '../disks/disks.module';
import { GuestHoldClient } from '../snapshots/guest-hold.client';
import { MemoryOnHostClient } from './memory-on-host.client';
import { MemoryPlans } from './memory-plans.service';
import { MemoryVolumeClient } from './memory-volume.client';
import { SnapshotMemoryClient } from './snapshot-memory.client';

/** The memory of VMs, kept with their snapshots or while they are suspended. */
@Module({
  imports: [DisksModule, DiskAttachmentsModule],
  providers: [MemoryVolumeClient, MemoryOnHostClient, SnapshotMemoryClient, MemoryPlans, GuestHoldClient],
  exports: [MemoryVolumeClient, SnapshotMemoryClient, MemoryPlans, GuestHoldClient],
})
export class SnapshotMemoryModule {}
