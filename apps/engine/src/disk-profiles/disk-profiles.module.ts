import { Module } from '@nestjs/common';
import { DiskProfileFollowers } from './disk-profile.followers';
import { DiskProfilesController, StorageDomainDiskProfilesController } from './disk-profiles.controller';
import { DiskProfilesService } from './disk-profiles.service';

/** How disks of a storage domain may be used. */
@Module({
  providers: [DiskProfilesService, DiskProfileFollowers],
  controllers: [DiskProfilesController, StorageDomainDiskProfilesController],
})
export class DiskProfilesModule {}
