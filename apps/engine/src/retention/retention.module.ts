import { Module } from '@nestjs/common';
import { RetentionReconciler } from './retention.reconciler';

/** What has been is forgotten after a while. */
@Module({ providers: [RetentionReconciler] })
export class RetentionModule {}
