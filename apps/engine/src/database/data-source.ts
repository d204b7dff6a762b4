import { operationEntities, operationMigrations } from '@clinker/sagas';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { AccessToken, Account, AccountGroup, AccountGroupMember } from '../accounts/account.entity';
import { SshPublicKey, UserOption } from '../accounts/user-profile.entity';
import { Bookmark } from '../bookmarks/bookmark.entity';
import { Cluster } from '../clusters/cluster.entity';
import { DataCenter } from '../data-centers/data-center.entity';
import { DiskAttachment, VolumeAttachment } from '../disk-attachments/disk-attachment.entity';
import { DiskProfile } from '../disk-profiles/disk-profile.entity';
import { DiskSnapshot } from '../disks/disk-snapshot.entity';
import { DiskVolume } from '../disks/disk-volume.entity';
import { Disk } from '../disks/disk.entity';
import { ImportedSnapshot } from '../disks/imported-snapshot.entity';
import { Event } from '../events/event.entity';
import { Host } from '../hosts/host.entity';
import { HostFence } from '../hosts/host-fence.entity';
import { ExternalJob, ExternalStep } from '../jobs/external-job.entity';
import { Job } from '../jobs/job.view';
import { Leftover } from '../leftovers/leftover.entity';
import { InstanceType } from '../instance-types/instance-type.entity';
import { MacPool, MacRange } from '../networks/mac-pool.entity';
import { Network } from '../networks/network.entity';
import { Nic } from '../networks/nic.entity';
import { VnicProfile } from '../networks/vnic-profile.entity';
import { Qos } from '../qoss/qos.entity';
import { Quota, QuotaClusterLimit, QuotaStorageLimit } from '../quotas/quota.entity';
import { Permission, Role, RolePermit } from '../permissions/permission.entity';
import { SnapshotMemory } from '../snapshot-memory/snapshot-memory.entity';
import { VmSnapshot } from '../snapshots/vm-snapshot.entity';
import { StorageDomain, StorageDomainHealth } from '../storage-domains/storage-domain.entity';
import { Tag } from '../tags/tag.entity';
import { AffinityGroup } from '../affinity-groups/affinity-group.entity';
import { Template, TemplateDisk, TemplateNic } from '../templates/template.entity';
import { RunInitialization } from '../initialization/run-initialization.entity';
import { VmPool, VmPoolDisk, VmPoolUser } from '../vm-pools/vm-pool.entity';
import { Vm } from '../vms/vm.entity';
import { VmRestart } from '../vms/vm-restart.entity';
import { AuthenticationKey } from '../volume-providers/authentication-key.entity';
import { VolumeProvider } from '../volume-providers/volume-provider.entity';
import { Installation } from './installation.entity';
import { FirstSchema1770000000000 } from './migrations/1770000000000-first-schema.migration';
import { SearchIndexes1770000005000 } from './migrations/1770000005000-search-indexes.migration';
import { Accounts1770000010000 } from './migrations/1770000010000-accounts.migration';
import { ExternalEvents1770000025000 } from './migrations/1770000025000-external-events.migration';
import { ResourcesAroundVms1770000020000 } from './migrations/1770000020000-resources-around-vms.migration';
import { Permissions1770000030000 } from './migrations/1770000030000-permissions.migration';
import { Everyone1770000035000 } from './migrations/1770000035000-everyone.migration';
import { Snapshots1770000040000 } from './migrations/1770000040000-snapshots.migration';
import { HostFences1770000046000 } from './migrations/1770000046000-host-fences.migration';
import { QuotaConsumers1770000080000 } from './migrations/1770000080000-quota-consumers.migration';
import { UserProfiles1770000085000 } from './migrations/1770000085000-user-profiles.migration';
import { DomainHealth1770000110000 } from './migrations/1770000110000-domain-health.migration';
import { QuotaMode1770000120000 } from './migrations/1770000120000-quota-mode.migration';
import { NicStatus1770000131000 } from './migrations/1770000131000-nic-status.migration';
import { SnapshotMemory1770000140000 } from './migrations/1770000140000-snapshot-memory.migration';
import { Initialization1770000155000 } from './migrations/1770000155000-initialization.migration';
import { InstanceTypesOfVms1770000170000 } from './migrations/1770000170000-instance-types-of-vms.migration';
import { HostsOfVms1770000175000 } from './migrations/1770000175000-hosts-of-vms.migration';
import { Guests1770000180000 } from './migrations/1770000180000-guests.migration';
import { ProfilePermissions1770000190000 } from './migrations/1770000190000-profile-permissions.migration';
import { HighAvailability1770000196000 } from './migrations/1770000196000-high-availability.migration';
import { Consoles1770000250000 } from './migrations/1770000250000-consoles.migration';
import { SuspendedVms1770000260000 } from './migrations/1770000260000-suspended-vms.migration';
import { AffinityGroups1770000280000 } from './migrations/1770000280000-affinity-groups.migration';
import { GroupSnapshots1770000290000 } from './migrations/1770000290000-group-snapshots.migration';
import { ExternalAccounts1770000300000 } from './migrations/1770000300000-external-accounts.migration';
import { LogInCodes1770000300001 } from './migrations/1770000300001-log-in-codes.migration';
import { DataCenterMacPool1770000270000 } from './migrations/1770000270000-data-center-mac-pool.migration';
import { UnappliedSettings1770000145000 } from './migrations/1770000145000-unapplied-settings.migration';
import { NextRun1770000150000 } from './migrations/1770000150000-next-run.migration';
import { RunOnce1770000151000 } from './migrations/1770000151000-run-once.migration';
import { UnappliedSettingsElsewhere1770000160000 } from './migrations/1770000160000-unapplied-settings-elsewhere.migration';
import { Leftovers1770000047000 } from './migrations/1770000047000-leftovers.migration';
import { ImportedSnapshots1770000053000 } from './migrations/1770000053000-imported-snapshots.migration';
import { StorageQos1770000052000 } from './migrations/1770000052000-storage-qos.migration';
import { VmPools1770000065000 } from './migrations/1770000065000-vm-pools.migration';
import { Templates1770000060000 } from './migrations/1770000060000-templates.migration';
import { PreparingClient } from './preparing.client';

const entities = [
  Installation,
  Account,
  AccessToken,
  AccountGroup,
  AccountGroupMember,
  SshPublicKey,
  UserOption,
  Role,
  RolePermit,
  Permission,
  DataCenter,
  Cluster,
  Template,
  TemplateDisk,
  TemplateNic,
  AffinityGroup,
  Host,
  HostFence,
  Leftover,
  VolumeProvider,
  AuthenticationKey,
  StorageDomain,
  StorageDomainHealth,
  Disk,
  DiskVolume,
  DiskSnapshot,
  VmSnapshot,
  SnapshotMemory,
  Vm,
  VmRestart,
  RunInitialization,
  VmPool,
  VmPoolUser,
  VmPoolDisk,
  DiskAttachment,
  VolumeAttachment,
  Event,
  MacPool,
  MacRange,
  Network,
  VnicProfile,
  Nic,
  Tag,
  Bookmark,
  ImportedSnapshot,
  Qos,
  Quota,
  QuotaStorageLimit,
  QuotaClusterLimit,
  DiskProfile,
  InstanceType,
  ExternalJob,
  ExternalStep,
  Job,
  ...operationEntities,
];

/** Any number, the same for every engine: only one migrates at a time, the others wait and find the work done. */
const MIGRATION_LOCK = 4_294_967_001;

/** How to reach the database. A session connection is needed (no PgBouncer in transaction mode): advisory locks live in the session. */
export const dataSourceOptions = (url: string): DataSourceOptions => ({
  type: 'postgres',
  url,
  entities,
  migrations: [
    FirstSchema1770000000000,
    SearchIndexes1770000005000,
    Accounts1770000010000,
    ResourcesAroundVms1770000020000,
    ExternalEvents1770000025000,
    Permissions1770000030000,
    Everyone1770000035000,
    Snapshots1770000040000,
    HostFences1770000046000,
    QuotaConsumers1770000080000,
    UserProfiles1770000085000,
    DomainHealth1770000110000,
    QuotaMode1770000120000,
    SnapshotMemory1770000140000,
    UnappliedSettings1770000145000,
    NextRun1770000150000,
    RunOnce1770000151000,
    Initialization1770000155000,
    UnappliedSettingsElsewhere1770000160000,
    InstanceTypesOfVms1770000170000,
    HostsOfVms1770000175000,
    Guests1770000180000,
    ProfilePermissions1770000190000,
    HighAvailability1770000196000,
    Consoles1770000250000,
    SuspendedVms1770000260000,
    DataCenterMacPool1770000270000,
    AffinityGroups1770000280000,
    GroupSnapshots1770000290000,
    ExternalAccounts1770000300000,
    LogInCodes1770000300001,
    Leftovers1770000047000,
    StorageQos1770000052000,
    Templates1770000060000,
    ImportedSnapshots1770000053000,
    VmPools1770000065000,
    NicStatus1770000131000,
    ...operationMigrations,
  ],
  synchronize: false,
  poolSize: 24,
  applicationName: 'clinker-engine',
  extra: { keepAlive: true, connectionTimeoutMillis: 10_000, Client: PreparingClient },
});

/** Brings the schema up to date, one engine at a time. */
export async function migrate(dataSource: DataSource): Promise<void> {
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await lock.release();
  }
}
