import type { SagaHooks } from '@clinker/sagas';
import { type DynamicModule, Module } from '@nestjs/common';
import type { EngineSettings } from './engine.settings';
import { FoundationModule } from './foundation.module';
import { AbsentCollectionsModule } from './absent-collections/absent-collections.module';
import { BookmarksModule } from './bookmarks/bookmarks.module';
import { ClusterLevelsModule } from './cluster-levels/cluster-levels.module';
import { ClustersModule } from './clusters/clusters.module';
import { DataCentersModule } from './data-centers/data-centers.module';
import { DiskAttachmentsModule } from './disk-attachments/disk-attachments.module';
import { DiskProfilesModule } from './disk-profiles/disk-profiles.module';
import { DisksModule } from './disks/disks.module';
import { HostConnectionModule } from './hosts/host-connection.module';
import { HostsModule } from './hosts/hosts.module';
import { InstanceTypesModule } from './instance-types/instance-types.module';
import { NetworksModule } from './networks/networks.module';
import { OperatingSystemsModule } from './operating-systems/operating-systems.module';
import { QuotasModule } from './quotas/quotas.module';
import { StorageDomainsModule } from './storage-domains/storage-domains.module';
import { TagsModule } from './tags/tags.module';
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
        NetworksModule,
        TagsModule,
        BookmarksModule,
        QuotasModule,
        DiskProfilesModule,
        InstanceTypesModule,
        OperatingSystemsModule,
        ClusterLevelsModule,
        AbsentCollectionsModule,
      ],
    };
  }
}
