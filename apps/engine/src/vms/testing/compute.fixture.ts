import type { Capabilities } from '@clinker/agent-protocol';
import { Operations, SagaRunner } from '@clinker/sagas';
import { type FreshDatabase, freshDatabase } from '@clinker/testing';
import { randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { AuthenticationKey } from '../../volume-providers/authentication-key.entity';
import { CinderClients } from '../../cinder/cinder.clients';
import { CinderReaders } from '../../cinder/cinder.readers';
import { Cluster } from '../../clusters/cluster.entity';
import { DataCenter } from '../../data-centers/data-center.entity';
import { dataSourceOptions, migrate } from '../../database/data-source';
import { ensureFirstRows } from '../../database/first-rows';
import { DiskAttachment } from '../../disk-attachments/disk-attachment.entity';
import { DiskAttachmentsService } from '../../disk-attachments/disk-attachments.service';
import { VolumeConnectionClient } from '../../disk-attachments/volume-connection.client';
import { VolumeForesight } from '../../disk-attachments/volume-foresight.client';
import { CinderPatience } from '../../disks/cinder.patience';
import { DiskVolumeClient } from '../../disks/disk-volume.client';
import { CopyLimitsService } from '../../disks/copy-limits.service';
import { DiskChangesService } from '../../disks/disk-changes.service';
import { DisksService } from '../../disks/disks.service';
import { Disk, type DiskId, type VolumeId } from '../../disks/disk.entity';
import { PendingVolumesClient } from '../../disks/pending-volumes.client';
import { VolumeLimitsService } from '../../disks/volume-limits.service';
import { VolumeGroupClient } from '../../disks/volume-group.client';
import { VolumeSnapshotClient } from '../../disks/volume-snapshot.client';
import { PendingSnapshotsClient } from '../../disks/pending-snapshots.client';
import { RemoveDiskSaga } from '../../disks/remove-disk.saga';
import { ChildOperations } from '../../sagas/child-operations';
import { SecretBox } from '../../encryption/secret-box';
import type { EngineSettings } from '../../engine.settings';
import { EventsService } from '../../events/events.service';
import { HostMembershipService } from '../../hosts/host-membership.service';
import { HostSignals } from '../../hosts/host-signals';
import type { HostClient } from '../../hosts/host.client';
import { HostsService } from '../../hosts/hosts.service';
import { GuestSeeds } from '../../initialization/guest-seeds.service';
import type { Sealed } from '../../initialization/kept.initialization';
import { Network } from '../../networks/network.entity';
import { Nic } from '../../networks/nic.entity';
import { VnicProfile } from '../../networks/vnic-profile.entity';
import { StorageDomain } from '../../storage-domains/storage-domain.entity';
import { MemoryOnHostClient } from '../../snapshot-memory/memory-on-host.client';
import { MemoryPlans } from '../../snapshot-memory/memory-plans.service';
import { MemoryVolumeClient } from '../../snapshot-memory/memory-volume.client';
import { SnapshotMemoryClient } from '../../snapshot-memory/snapshot-memory.client';
import { GuestHoldClient } from '../../snapshots/guest-hold.client';
import { VolumeProvider } from '../../volume-providers/volume-provider.entity';
import { CleanUpVmSaga } from '../clean-up-vm.saga';
import { PlacementService } from '../placement.service';
import { RemoveVmWithDisksSaga } from '../remove-vm-with-disks.saga';
import { RemoveVmSaga } from '../remove-vm.saga';
import { RestartVmSaga } from '../restart-vm.saga';
import { ResumeVmSaga } from '../resume-vm.saga';
import { RunVmSaga } from '../run-vm.saga';
import { ShutDownVmSaga } from '../shut-down-vm.saga';
import { StopSuspendedVmSaga } from '../stop-suspended-vm.saga';
import { StopVmSaga } from '../stop-vm.saga';
import { SuspendVmSaga } from '../suspend-vm.saga';
import { VmDomainClient } from '../vm-domain.client';
import { VmPowerService } from '../vm-power.service';
import { VmSuspensionService } from '../vm-suspension.service';
import { VmStateService } from '../vm-state.service';
import { VmRestarts } from '../vm-restarts.service';
import { VmVolumesClient } from '../vm-volumes.client';
import { VmStarting } from '../vm.starting';
import { VmAdder } from '../vm-adder.service';
import { VmsService } from '../vms.service';
import type { Vm } from '../vm.entity';
import type { AddVm } from '../vm.input';

export const GIB = 1_073_741_824;
export const ORIGIN = { correlationId: 'spec', ownerId: randomUUID() };

/** No host is there: whoever asks one has gone further than a request may go. */
const NO_HOSTS = { send: () => Promise.reject(new Error('A request must not wait for a host')) } as unknown as HostClient;

export const capabilities = (hostName: string, changes: Partial<Capabilities> = {}): Capabilities => ({
  hostName,
  address: '10.0.0.1',
  bootId: 'boot-1',
  agentVersion: '1.0.0',
  libvirtVersion: '9.0.0',
  qemuVersion: '7.2.0',
  osName: 'Debian',
  osVersion: '12',
  kernelVersion: '6.1.0',
  emulation: 'kvm',
  hardwareUuid: null,
  cpu: { name: 'EPYC', architecture: 'x86_64', speedMhz: 2500, sockets: 1, cores: 2, threads: 1 },
  memoryBytes: 8 * GIB,
  connector: { host: hostName },
  ...changes,
});

/** Hosts and VMs on a fresh, real database. The runner stands still: what is started stops after what a request waits for. */
export class ComputeFixture {
  readonly signals = new HostSignals();
  readonly membership: HostMembershipService;
  readonly hosts: HostsService;
  readonly vms: VmsService;
  readonly adder: VmAdder;
  readonly power: VmPowerService;
  readonly suspensions: VmSuspensionService;
  readonly operations: Operations;
  readonly states: VmStateService;
  readonly restarts: VmRestarts;
  readonly db: EntityManager;

  private constructor(
    private readonly database: FreshDatabase,
    readonly dataSource: DataSource,
  ) {
    const db = (this.db = dataSource.manager);
    const events = new EventsService(db);
    const runner = new SagaRunner({ dataSource, redisUrl: 'redis://127.0.0.1:1' });
    const operations = (this.operations = new Operations(runner));
    const box = new SecretBox('ab'.repeat(32));
    const seeds = new GuestSeeds(db, box);
    const clients = new CinderClients(db, box);
    const connections = new VolumeConnectionClient(clients);
    const limits = new VolumeLimitsService(new CinderReaders(clients));
    const patience = new CinderPatience({ CLINKER_CINDER_PATIENCE: 3_600_000, CLINKER_CINDER_COPY_PATIENCE: 3_600_000 });
    const diskVolumes = new DiskVolumeClient(db, clients, new PendingVolumesClient(clients), patience);
    const memories = new MemoryVolumeClient(db, diskVolumes, connections, limits);
    const volumes = new VmVolumesClient(db, connections, memories, new VolumeForesight(NO_HOSTS));
    const domains = new VmDomainClient(db, NO_HOSTS, seeds);
    const starting = new VmStarting(events, new PlacementService(), volumes, domains);
    runner.register(new RunVmSaga(starting));
    runner.register(new ResumeVmSaga(starting));
    runner.register(new StopSuspendedVmSaga(memories, events));
    const saving = new SnapshotMemoryClient(memories, new MemoryOnHostClient(db, NO_HOSTS));
    runner.register(new SuspendVmSaga(saving, new GuestHoldClient(NO_HOSTS), volumes, events));
    runner.register(new StopVmSaga(events, domains, volumes));
    runner.register(new ShutDownVmSaga(events, domains, operations, volumes));
    runner.register(new RestartVmSaga(events, domains));
    this.restarts = new VmRestarts(db, operations, events, { CLINKER_HA_RETRY: 30_000, CLINKER_HA_TRIES: 3 });
    runner.register(new CleanUpVmSaga(events, domains, this.restarts, volumes));
    const pending = new PendingSnapshotsClient(new CinderReaders(clients));
    const snapshots = new VolumeSnapshotClient(db, clients, pending, patience);
    runner.register(new RemoveDiskSaga(diskVolumes, snapshots, new VolumeGroupClient(clients, patience), events));
    runner.register(new RemoveVmSaga(events));
    runner.register(new RemoveVmWithDisksSaga(events, operations, new ChildOperations(db, operations), memories));
    this.membership = new HostMembershipService(db, events, this.signals, { CLINKER_HEARTBEAT: 2000 } as EngineSettings);
    this.hosts = new HostsService(db);
    const disks = new DisksService(db, limits, operations, new DiskChangesService(db, limits, operations, events));
    this.vms = new VmsService(db, operations, box, this.restarts);
    const attachments = new DiskAttachmentsService(db, disks, operations, events);
    this.adder = new VmAdder(db, operations, attachments, new CopyLimitsService(db, limits));
    this.power = new VmPowerService(db, this.vms, operations, seeds);
    this.suspensions = new VmSuspensionService(db, operations, new MemoryPlans(db, limits));
    this.states = new VmStateService(db, events, operations);
  }

  static async create(): Promise<ComputeFixture> {
    const database = await freshDatabase();
    const dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
    await migrate(dataSource);
    await ensureFirstRows(dataSource.manager, 'a password');
    return new ComputeFixture(database, dataSource);
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
    await this.database.drop();
  }

  /** Forgets hosts, VMs, disks and providers. */
  async clear(): Promise<void> {
    await this.db.query('TRUNCATE vm, host, disk, storage_domain, volume_provider, volume_attachment, event, operation CASCADE');
  }

  async host(name: string, changes: Partial<Capabilities> = {}): Promise<string> {
    const { hostId } = await this.membership.join(name, { ...capabilities(name, changes), agentRunId: `run-of-${name}` });
    return hostId;
  }

  /** A VM that can boot without disks. */
  vm(name: string, changes: Partial<Sealed<AddVm>> = {}): Promise<Vm> {
    return this.adder.add(
      { name, cluster: { name: 'Default' }, template: { name: 'Blank' }, os: { kernel: '/boot/vmlinuz' }, ...changes },
      ORIGIN,
    );
  }

  /** An active domain with one authentication key. */
  async domain(name: string): Promise<{ domainId: string; keyId: string }> {
    const [id, domainId, keyId] = [randomUUID(), randomUUID(), randomUUID()];
    const { id: dataCenterId } = await this.db.findOneByOrFail(DataCenter, { name: 'Default' });
    const account = { username: 'u', passwordSealed: 'sealed', tenantName: name, userDomainName: 'Default', projectDomainName: 'Default' };
    const provider = {
      id,
      name,
      description: '',
      url: null,
      authenticationUrl: 'http://keystone/v3',
      requiresAuthentication: true,
      ...account,
    };
    await this.db.insert(VolumeProvider, { ...provider, version: 1 });
    await this.db.insert(StorageDomain, {
      id: domainId,
      name,
      description: '',
      comment: '',
      type: 'volume',
      storageType: 'cinder',
      providerId: id,
      dataCenterId,
      status: 'active',
    });
    await this.db.insert(AuthenticationKey, {
      id: keyId,
      providerId: id,
      usageType: 'ceph',
      description: '',
      valueSealed: 'sealed',
      creationDate: new Date(),
    });
    return { domainId, keyId };
  }

  async disk(name: string, storageDomainId: string, changes: Partial<Disk> = {}): Promise<DiskId> {
    const id = randomUUID() as string as DiskId;
    const flags = { sparse: true, shareable: false, wipeAfterDelete: false, propagateErrors: false };
    const row = {
      id,
      name,
      description: '',
      storageDomainId,
      volumeId: randomUUID() as string as VolumeId,
      volumeType: null,
      provisionedSize: GIB,
      ...flags,
    };
    await this.db.insert(Disk, { ...row, status: 'ok', statusReason: null, creationTime: new Date(), ...changes });
    return id;
  }

  async attach(diskId: DiskId, vmId: string, changes: Partial<DiskAttachment> = {}): Promise<void> {
    const row = {
      diskId,
      vmId,
      bootable: true,
      interface: 'virtio' as const,
      readOnly: false,
      passDiscard: false,
      plugged: true,
      status: 'ok' as const,
    };
    await this.db.insert(DiskAttachment, { ...row, ...changes });
  }

  /** An interface in a network of the same name, which comes into being if it is not there. */
  async nic(vmId: string, name: string): Promise<string> {
    const id = randomUUID();
    const { dataCenterId, macPoolId } = await this.db.findOneByOrFail(Cluster, { name: 'Default' });
    const networkId = randomUUID();
    await this.db.createQueryBuilder().insert().into(Network).values({ id: networkId, name, dataCenterId, mtu: 9000 }).orIgnore().execute();
    if (await this.db.existsBy(Network, { id: networkId })) await this.db.insert(VnicProfile, { id: randomUUID(), name, networkId });
    const { id: vnicProfileId } = await this.db.findOneByOrFail(VnicProfile, { name });
    const mac = `56:6f:00:00:00:0${await this.db.count(Nic)}`;
    await this.db.insert(Nic, { id, vmId, name, interface: 'rtl8139_virtio', mac, macPoolId, vnicProfileId, linked: true, plugged: true });
    return id;
  }

  async clusterId(): Promise<string> {
    return (await this.db.findOneByOrFail(Cluster, { name: 'Default' })).id;
  }

  async eventTexts(): Promise<string[]> {
    const rows = await this.db.query<{ description: string }[]>('SELECT description FROM event ORDER BY id');
    return rows.map(({ description }) => description);
  }
}
