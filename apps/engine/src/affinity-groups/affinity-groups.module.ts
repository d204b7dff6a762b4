import { Module } from '@nestjs/common';
import { AffinityGroupsController } from './affinity-groups.controller';
import { AffinityGroupsService } from './affinity-groups.service';
import { AffinityHostsController, AffinityVmsController } from './affinity-members.controller';
import { AffinityMembersService } from './affinity-members.service';

/** Which VMs are to run together or apart, and where. */
@Module({
  providers: [AffinityGroupsService, AffinityMembersService],
  controllers: [AffinityGroupsController, AffinityVmsController, AffinityHostsController],
})
export class AffinityGroupsModule {}
