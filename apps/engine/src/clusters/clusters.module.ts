import { Global, Module } from '@nestjs/common';
import { ClustersController } from './clusters.controller';
import { ClustersService } from './clusters.service';

/** Clusters, among whose hosts VMs are placed. */
@Global()
@Module({ providers: [ClustersService], controllers: [ClustersController], exports: [ClustersService] })
export class ClustersModule {}
