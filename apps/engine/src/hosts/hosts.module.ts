import { Module } from '@nestjs/common';
import { VolumeProvidersModule } from '../volume-providers/volume-providers.module';
import { HostConnectionModule } from './host-connection.module';
import { HostMembershipService } from './host-membership.service';
import { HostNoticesListener } from './host-notices.listener';
import { HostStatusReconciler } from './host-status.reconciler';
import { HostsController } from './hosts.controller';
import { HostsService } from './hosts.service';

/** The hypervisors: who they are, how they are, and how they are talked to. */
@Module({
  imports: [HostConnectionModule, VolumeProvidersModule],
  controllers: [HostsController],
  providers: [HostsService, HostMembershipService, HostNoticesListener, HostStatusReconciler],
})
export class HostsModule {}
