import { Module } from '@nestjs/common';
import { QosFollowers } from './qos.followers';
import { QossController } from './qoss.controller';
import { QossService } from './qoss.service';

/** Limits of the use of storage. */
@Module({ providers: [QossService, QosFollowers], controllers: [QossController] })
export class QossModule {}
