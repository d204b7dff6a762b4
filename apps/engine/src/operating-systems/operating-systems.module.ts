import { Module } from '@nestjs/common';
import { OperatingSystemsController } from './operating-systems.controller';

/** What VMs can be said to run. */
@Module({ controllers: [OperatingSystemsController] })
export class OperatingSystemsModule {}
