import { Module } from '@nestjs/common';
import { VolumeProvidersModule } from '../volume-providers/volume-providers.module';
import { FencedHostClient } from './fenced-host.client';
import { FencedHostsReconciler } from './fenced-hosts.reconciler';
import { HostConnectionModule } from './host-connection.module';
import { HostMembershipService } from './host-membership.service';
import { HostNoticesListener } from './host-notices.listener';
import { HostStatusReconciler } from './host-status.reconciler';

/** What the hosts' agents tell: that they are there, and that they are not. */
@Module({
  imports: [HostConnectionModule, VolumeProvidersModule],
  providers: [HostMembershipService, HostNoticesListener, HostStatusReconciler, FencedHostClient, FencedHostsReconciler],
})
export class HostAgentsModule {}
