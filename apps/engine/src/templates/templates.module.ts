import { Global, Module } from '@nestjs/common';
import { TemplatesController } from './templates.controller';
import { TemplatesService } from './templates.service';

/** What VMs are made from. */
@Global()
@Module({ providers: [TemplatesService], controllers: [TemplatesController], exports: [TemplatesService] })
export class TemplatesModule {}
