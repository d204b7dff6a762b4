import { Global, Module } from '@nestjs/common';
import { DiskCopiesModule } from '../disk-copies/disk-copies.module';
import { DisksModule } from '../disks/disks.module';
import { CreateTemplateSaga } from './create-template.saga';
import { KeptSnapshotsClient } from './kept-snapshots.client';
import { RemoveTemplateSaga } from './remove-template.saga';
import { TemplateAccess } from './template.access';
import { TemplateAdder } from './template-adder.service';
import { TemplatePartsController } from './template-parts.controller';
import { TemplatesController } from './templates.controller';
import { TemplatesService } from './templates.service';

/** What VMs are made from. */
@Global()
@Module({
  imports: [DiskCopiesModule, DisksModule],
  providers: [TemplatesService, TemplateAdder, TemplateAccess, KeptSnapshotsClient, CreateTemplateSaga, RemoveTemplateSaga],
  controllers: [TemplatesController, TemplatePartsController],
  exports: [TemplatesService],
})
export class TemplatesModule {}
