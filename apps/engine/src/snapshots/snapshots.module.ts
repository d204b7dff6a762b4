import { Module } from '@nestjs/common';
import { DisksModule } from '../disks/disks.module';
import { SnapshotMemoryModule } from '../snapshot-memory/snapshot-memory.module';
import { CommitSnapshotSaga } from './commit-snapshot.saga';
import { CreateGroupSnapshotSaga } from './create-group-snapshot.saga';
import { CreateMemorySnapshotSaga } from './create-memory-snapshot.saga';
import { CreateSnapshotSaga } from './create-snapshot.saga';
import { DiskSnapshotsClient } from './disk-snapshots.client';
import { DiskSnapshotsController } from './disk-snapshots.controller';
import { DiskSnapshotsService } from './disk-snapshots.service';
import { GroupSnapshotsService } from './group-snapshots.service';
import { PreviewSnapshotSaga } from './preview-snapshot.saga';
import { PreviewVolumesClient } from './preview-volumes.client';
import { RemoveSnapshotSaga } from './remove-snapshot.saga';
import { SnapshotCreationService } from './snapshot-creation.service';
import { SnapshotGroupsClient } from './snapshot-groups.client';
import { SnapshotActionsController } from './snapshot-actions.controller';
import { SnapshotFollowers } from './snapshot.followers';
import { SnapshotsController } from './snapshots.controller';
import { SnapshotsService } from './snapshots.service';
import { UndoPreviewSaga } from './undo-preview.saga';

/** VMs as they were: snapshots, and the ways back to them. */
@Module({
  imports: [DisksModule, SnapshotMemoryModule],
  providers: [
    SnapshotsService,
    SnapshotFollowers,
    SnapshotCreationService,
    GroupSnapshotsService,
    DiskSnapshotsService,
    DiskSnapshotsClient,
    SnapshotGroupsClient,
    PreviewVolumesClient,
    CreateSnapshotSaga,
    CreateGroupSnapshotSaga,
    CreateMemorySnapshotSaga,
    RemoveSnapshotSaga,
    PreviewSnapshotSaga,
    UndoPreviewSaga,
    CommitSnapshotSaga,
  ],
  controllers: [SnapshotsController, SnapshotActionsController, DiskSnapshotsController],
})
export class SnapshotsModule {}
