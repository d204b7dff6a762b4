import { Module } from '@nestjs/common';
import { SystemOptionsController } from './system-options.controller';

/** What clients ask about the engine's settings. */
@Module({ controllers: [SystemOptionsController] })
export class SystemOptionsModule {}
