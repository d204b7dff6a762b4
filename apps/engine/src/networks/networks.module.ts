import { Module } from '@nestjs/common';
import { ChangeNicSaga } from './change-nic.saga';
import { ClusterNetworksController } from './cluster-networks.controller';
import { DataCenterNetworksController } from './data-center-networks.controller';
import { HostNicClient } from './host-nic.client';
import { LiveNics } from './live-nics.service';
import { MacPoolsController } from './mac-pools.controller';
import { MacPoolsService } from './mac-pools.service';
import { NetworkFollowers } from './network.followers';
import { NetworksController } from './networks.controller';
import { NetworksService } from './networks.service';
import { NicsController } from './nics.controller';
import { NicAccess } from './nic.access';
import { NicsService } from './nics.service';
import { NetworkVnicProfilesController, VnicProfilesController } from './vnic-profiles.controller';
import { VnicProfilesService } from './vnic-profiles.service';

/** Networks, the profiles by which VMs' interfaces are connected to them, and the addresses of those. */
@Module({
  controllers: [
    NetworksController,
    DataCenterNetworksController,
    ClusterNetworksController,
    VnicProfilesController,
    NetworkVnicProfilesController,
    MacPoolsController,
    NicsController,
  ],
  providers: [
    NetworksService,
    VnicProfilesService,
    MacPoolsService,
    NicsService,
    NicAccess,
    LiveNics,
    HostNicClient,
    ChangeNicSaga,
    NetworkFollowers,
  ],
  exports: [NicAccess],
})
export class NetworksModule {}
