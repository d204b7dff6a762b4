import { Global, Module } from '@nestjs/common';
import { DiskCopiesModule } from '../disk-copies/disk-copies.module';
import { DisksModule } from '../disks/disks.module';
import { NetworksModule } from '../networks/networks.module';
import { CreateTemplateSaga } from './create-template.saga';
import { KeptSnapshotsClient } from './kept-snapshots.client';
import { RemoveTemplateSaga } from './remove-template.saga';
import { TemplateAccess } from './template.access';
import { TemplateAdder } from './template-adder.service';
import { TemplateDisksController } from './template-disks.controller';
import { TemplateNicsController } from './template-nics.controller';
import { TemplateNicsService } from './template-nics.service';
import { TemplatesController } from './templates.controller';
import { TemplatesService } from './templates.service';

/** What VMs are made from. */
@Global()
@Module({
  imports: [DiskCopiesModule, DisksModule, NetworksModule],
  providers: [
    TemplatesService,
    TemplateNicsService,
    TemplateAdder,
    TemplateAccess,
    KeptSnapshotsClient,
    CreateTemplateSaga,
    RemoveTemplateSaga,
  ],
  controllers: [TemplatesController, TemplateDisksController, TemplateNicsController],
  exports: [TemplatesService],
})
export class TemplatesModule {}
