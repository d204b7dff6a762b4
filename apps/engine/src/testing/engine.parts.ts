import { Global, Module, type ModuleMetadata } from '@nestjs/common';
import { AbsentCollectionsModule } from '../absent-collections/absent-collections.module';
import { BookmarksModule } from '../bookmarks/bookmarks.module';
import { CinderModule } from '../cinder/cinder.module';
import { ClusterLevelsModule } from '../cluster-levels/cluster-levels.module';
import { ClustersModule } from '../clusters/clusters.module';
import { DataCentersModule } from '../data-centers/data-centers.module';
import { DiskAttachmentsModule } from '../disk-attachments/disk-attachments.module';
import { DiskProfilesModule } from '../disk-profiles/disk-profiles.module';
import { DisksModule } from '../disks/disks.module';
import { HostSignals } from '../hosts/host-signals';
import { HostClient } from '../hosts/host.client';
import { HostUnreachableError } from '../hosts/host.errors';
import { HostsController } from '../hosts/hosts.controller';
import { HostsService } from '../hosts/hosts.service';
import { InstanceTypesModule } from '../instance-types/instance-types.module';
import { NetworksModule } from '../networks/networks.module';
import { OperatingSystemsModule } from '../operating-systems/operating-systems.module';
import { QuotasModule } from '../quotas/quotas.module';
import { StorageDomainsModule } from '../storage-domains/storage-domains.module';
import { TagsModule } from '../tags/tags.module';
import { TemplatesModule } from '../templates/templates.module';
import { VmsModule } from '../vms/vms.module';
import { VolumeProvidersModule } from '../volume-providers/volume-providers.module';

const unreachable = { send: () => Promise.reject(new HostUnreachableError('No host is heard in this test')) };

/** The way to the hosts leads nowhere: the shared lab's hosts must not take this engine for theirs. */
@Global()
@Module({ providers: [HostSignals, { provide: HostClient, useValue: unreachable }], exports: [HostSignals, HostClient] })
class NoHostsModule {}

@Module({ controllers: [HostsController], providers: [HostsService] })
class HostsApiModule {}

/** Everything that answers the API, for `RunningEngine.start`; without the connection to hosts. */
export const ENGINE_PARTS: NonNullable<ModuleMetadata['imports']> = [
  NoHostsModule,
  CinderModule,
  DisksModule,
  DiskAttachmentsModule,
  DataCentersModule,
  ClustersModule,
  TemplatesModule,
  VolumeProvidersModule,
  StorageDomainsModule,
  HostsApiModule,
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
];
