import { Module } from '@nestjs/common';
import { ClusterLevelsController } from './cluster-levels.controller';

/** What clusters of each compatibility level have. */
@Module({ controllers: [ClusterLevelsController] })
export class ClusterLevelsModule {}
