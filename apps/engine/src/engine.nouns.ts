import type { ModuleMetadata } from '@nestjs/common';
import { AffinityGroupsModule } from './affinity-groups/affinity-groups.module';
import { BookmarksModule } from './bookmarks/bookmarks.module';
import { CinderModule } from './cinder/cinder.module';
import { ClusterLevelsModule } from './cluster-levels/cluster-levels.module';
import { ClustersModule } from './clusters/clusters.module';
import { ConsolesModule } from './consoles/consoles.module';
import { CpuProfilesModule } from './cpu-profiles/cpu-profiles.module';
import { DataCentersModule } from './data-centers/data-centers.module';
import { DiskAttachmentsModule } from './disk-attachments/disk-attachments.module';
import { DiskMovesModule } from './disk-moves/disk-moves.module';
import { DiskProfilesModule } from './disk-profiles/disk-profiles.module';
import { DisksModule } from './disks/disks.module';
import { FixedCollectionsModule } from './fixed-collections/fixed-collections.module';
import { HostsModule } from './hosts/hosts.module';
import { InstanceTypesModule } from './instance-types/instance-types.module';
import { LeftoversModule } from './leftovers/leftovers.module';
import { NetworksModule } from './networks/networks.module';
import { OperatingSystemsModule } from './operating-systems/operating-systems.module';
import { QossModule } from './qoss/qoss.module';
import { QuotasModule } from './quotas/quotas.module';
import { SnapshotsModule } from './snapshots/snapshots.module';
import { StorageDomainsModule } from './storage-domains/storage-domains.module';
import { SystemOptionsModule } from './system-options/system-options.module';
import { TagsModule } from './tags/tags.module';
import { TemplatesModule } from './templates/templates.module';
import { VmPoolsModule } from './vm-pools/vm-pools.module';
import { VmsModule } from './vms/vms.module';
import { VolumeProvidersModule } from './volume-providers/volume-providers.module';

/** Every noun: all that answers the API beside the foundation. What leads to the hosts is not in it, so that tests can have the rest without them. */
export const ENGINE_NOUNS: NonNullable<ModuleMetadata['imports']> = [
  CinderModule,
  DisksModule,
  DiskAttachmentsModule,
  DataCentersModule,
  ClustersModule,
  AffinityGroupsModule,
  TemplatesModule,
  VolumeProvidersModule,
  StorageDomainsModule,
  HostsModule,
  VmsModule,
  ConsolesModule,
  VmPoolsModule,
  LeftoversModule,
  SnapshotsModule,
  NetworksModule,
  TagsModule,
  BookmarksModule,
  QossModule,
  QuotasModule,
  DiskMovesModule,
  DiskProfilesModule,
  CpuProfilesModule,
  InstanceTypesModule,
  OperatingSystemsModule,
  ClusterLevelsModule,
  FixedCollectionsModule,
  SystemOptionsModule,
];
