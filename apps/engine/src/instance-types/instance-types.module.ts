import { Module } from '@nestjs/common';
import { InstanceTypesController } from './instance-types.controller';
import { InstanceTypesService } from './instance-types.service';

/** Sizes of VMs with names. */
@Module({ providers: [InstanceTypesService], controllers: [InstanceTypesController] })
export class InstanceTypesModule {}
