import { Module } from '@nestjs/common';
import { ClusterCpuProfilesController, CpuProfilesController } from './cpu-profiles.controller';
import { CpuProfilesService } from './cpu-profiles.service';

/** What VMs may use of processors: everything. */
@Module({ providers: [CpuProfilesService], controllers: [CpuProfilesController, ClusterCpuProfilesController] })
export class CpuProfilesModule {}
