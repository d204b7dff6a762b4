import { Module } from '@nestjs/common';
import { RootController } from './root.controller';
import { RootService } from './root.service';

@Module({ providers: [RootService], controllers: [RootController] })
export class RootModule {}
