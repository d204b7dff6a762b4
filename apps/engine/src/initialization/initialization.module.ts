import { Module } from '@nestjs/common';
import { GuestSeeds } from './guest-seeds.service';

/** What guests get to know at their first start. */
@Module({ providers: [GuestSeeds], exports: [GuestSeeds] })
export class InitializationModule {}
