import { Global, Module } from '@nestjs/common';
import { ClustersController } from './clusters.controller';
import { ClustersService } from './clusters.service';
import { DataCenterClustersController } from './data-center-clusters.controller';

/** Clusters, among whose hosts VMs are placed. */
@Global()
@Module({ providers: [ClustersService], controllers: [ClustersController, DataCenterClustersController], exports: [ClustersService] })
export class ClustersModule {}
