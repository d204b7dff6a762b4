import { Module } from '@nestjs/common';
import { VolumeProvidersModule } from '../volume-providers/volume-providers.module';
import { HostConnectionModule } from './host-connection.module';
import { HostMembershipService } from './host-membership.service';
import { HostNoticesListener } from './host-notices.listener';
import { HostStatusReconciler } from './host-status.reconciler';

/** What the hosts' agents tell: that they are there, and that they are not. */
@Module({
  imports: [HostConnectionModule, VolumeProvidersModule],
  providers: [HostMembershipService, HostNoticesListener, HostStatusReconciler],
})
export class HostAgentsModule {}
