import type { SagaHooks } from '@clinker/sagas';
import { type DynamicModule, Module } from '@nestjs/common';
import type { EngineSettings } from './engine.settings';
import { FoundationModule } from './foundation.module';
import { ClustersModule } from './clusters/clusters.module';
import { DataCentersModule } from './data-centers/data-centers.module';
import { DiskAttachmentsModule } from './disk-attachments/disk-attachments.module';
import { DisksModule } from './disks/disks.module';
import { HostConnectionModule } from './hosts/host-connection.module';
import { HostsModule } from './hosts/hosts.module';
import { StorageDomainsModule } from './storage-domains/storage-domains.module';
import { TemplatesModule } from './templates/templates.module';
import { VmsModule } from './vms/vms.module';
import { VolumeProvidersModule } from './volume-providers/volume-providers.module';
import { CinderModule } from './cinder/cinder.module';

/** The engine, whole. */
@Module({})
export class EngineModule {
  /** @param hooks fault points, for tests only */
  static with(settings: EngineSettings, hooks: SagaHooks = {}): DynamicModule {
    return {
      module: EngineModule,
      imports: [
        FoundationModule.with(settings, hooks),
        CinderModule,
        HostConnectionModule,
        DisksModule,
        DiskAttachmentsModule,
        DataCentersModule,
        ClustersModule,
        TemplatesModule,
        VolumeProvidersModule,
        StorageDomainsModule,
        HostsModule,
        VmsModule,
      ],
    };
  }
}
