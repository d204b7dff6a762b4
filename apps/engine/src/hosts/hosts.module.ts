import { Module } from '@nestjs/common';
import { FenceHostSaga } from './fence-host.saga';
import { HostFencingService } from './host-fencing.service';
import { HostsController } from './hosts.controller';
import { HostsService } from './hosts.service';

/** The hypervisors: who they are and how they are, as far as the database knows it. */
@Module({ controllers: [HostsController], providers: [HostsService, HostFencingService, FenceHostSaga] })
export class HostsModule {}
