import { Module } from '@nestjs/common';
import { DisksModule } from '../disks/disks.module';
import { CleanLeftoverSaga } from './clean-leftover.saga';
import { GuestSearchClient } from './guest-search.client';
import { LeftoverCleanupClient, LeftoverObjectsClient } from './leftover-cleanup.client';
import { LeftoverLookClient } from './leftover-look.client';
import { LeftoverRecordsService } from './leftover-records.service';
import { LeftoverSearchClient } from './leftover-search.client';
import { LeftoversController } from './leftovers.controller';
import { LeftoversReconciler } from './leftovers.reconciler';
import { LeftoversService } from './leftovers.service';
import { LostVolumesService } from './lost-volumes.service';

/** What is left over in the storage, and disks whose volume is gone from there. */
@Module({
  imports: [DisksModule],
  controllers: [LeftoversController],
  providers: [
    LeftoversService,
    LeftoverRecordsService,
    LostVolumesService,
    LeftoverSearchClient,
    GuestSearchClient,
    LeftoverObjectsClient,
    LeftoverCleanupClient,
    LeftoverLookClient,
    LeftoversReconciler,
    CleanLeftoverSaga,
  ],
})
export class LeftoversModule {}
