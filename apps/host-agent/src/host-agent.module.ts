import { type DynamicModule, Module } from '@nestjs/common';
import { join } from 'node:path';
import { AgentContext } from './agent.context';
import { CapabilitiesService } from './host/capabilities.service';
import { ConnectorPropertiesReader } from './host/connector-properties.reader';
import { HostController } from './host/host.controller';
import { MachineReader } from './host/machine.reader';
import { MembershipService } from './host/membership.service';
import { LibvirtLink } from './libvirt/libvirt.link';
import { MemoryController } from './memory/memory.controller';
import { MemoryFiles } from './memory/memory.files';
import { MemoryRestoreService } from './memory/memory-restore.service';
import { MemorySaveService } from './memory/memory-save.service';
import { DomainSeeds } from './seeds/domain-seeds.service';
import { SeedImages } from './seeds/seed.images';
import { SeedSweeper } from './seeds/seed.sweeper';
import { SecretsController } from './secrets/secrets.controller';
import { SecretsService } from './secrets/secrets.service';
import { EngineLink } from './transport/engine.link';
import { HostNatsServer } from './transport/host-nats.server';
import { ConsoleTicketsController } from './vms/console-tickets.controller';
import { ConsoleTicketService } from './vms/console-ticket.service';
import { DeviceRemoval } from './vms/device.removal';
import { DiskPlugService } from './vms/disk-plug.service';
import { DiskSizeController } from './vms/disk-size.controller';
import { DiskSizeService } from './vms/disk-size.service';
import { DomainEnds } from './vms/domain.ends';
import { DomainInspection } from './vms/domain-inspection.service';
import { DomainNotifier } from './vms/domain.notifier';
import { DomainService } from './vms/domain.service';
import { DomainStartService } from './vms/domain-start.service';
import { GuestAgentClient } from './vms/guest-agent.client';
import { GuestFactsReader } from './vms/guest-facts.reader';
import { GuestFreezeService } from './vms/guest-freeze.service';
import { GuestMeasuresController } from './vms/guest-measures.controller';
import { GuestMeasuresService } from './vms/guest-measures.service';
import { GuestPauseService } from './vms/guest-pause.service';
import { GuestReporter } from './vms/guest.reporter';
import { GuestRestartService } from './vms/guest-restart.service';
import { GuestsController } from './vms/guests.controller';
import { FrozenGuests, PausedGuests } from './vms/held-guests';
import { Hypervisor } from './vms/hypervisor';
import { KeyedQueue } from './vms/keyed.queue';
import { NicPlugService } from './vms/nic-plug.service';
import { NicsController } from './vms/nics.controller';
import { PatientRuns } from './vms/patient.runs';
import { StartPreparation } from './vms/start.preparation';
import { VmsController } from './vms/vms.controller';
import { CephConfFiles } from './volumes/ceph-conf.file';
import { RbdConnector } from './volumes/rbd.connector';
import { RbdImageInspector } from './volumes/rbd-image.inspector';
import { VolumeCopyController } from './volumes/volume-copy.controller';
import { VolumeExpectationController } from './volumes/volume-expectation.controller';
import { VolumeCopyService } from './volumes/volume-copy.service';
import { VolumeAddresses } from './volumes/volume.addresses';
import { VolumePreparation } from './volumes/volume.preparation';

/** The agent's parts. What main.ts makes before there is a container comes in from outside. */
@Module({
  controllers: [
    HostController,
    SecretsController,
    VmsController,
    NicsController,
    GuestsController,
    GuestMeasuresController,
    ConsoleTicketsController,
    DiskSizeController,
    VolumeCopyController,
    MemoryController,
    VolumeExpectationController,
  ],
  providers: [
    LibvirtLink,
    EngineLink,
    CapabilitiesService,
    MembershipService,
    SecretsService,
    RbdConnector,
    VolumePreparation,
    Hypervisor,
    StartPreparation,
    DomainNotifier,
    DomainEnds,
    DomainInspection,
    DomainSeeds,
    SeedSweeper,
    DomainStartService,
    DomainService,
    DeviceRemoval,
    DiskPlugService,
    NicPlugService,
    DiskSizeService,
    GuestAgentClient,
    GuestFactsReader,
    GuestReporter,
    GuestMeasuresService,
    GuestFreezeService,
    GuestPauseService,
    GuestRestartService,
    ConsoleTicketService,
    MemorySaveService,
    MemoryRestoreService,
  ],
})
export class HostAgentModule {
  static with(context: AgentContext, server: HostNatsServer): DynamicModule {
    const runFolder = context.settings.CLINKER_RUN_FOLDER;
    return {
      module: HostAgentModule,
      providers: [
        { provide: AgentContext, useValue: context },
        { provide: HostNatsServer, useValue: server },
        { provide: ConnectorPropertiesReader, useFactory: () => new ConnectorPropertiesReader() },
        { provide: MachineReader, useFactory: () => new MachineReader() },
        { provide: KeyedQueue, useFactory: () => new KeyedQueue() },
        { provide: PatientRuns, useFactory: () => new PatientRuns() },
        { provide: FrozenGuests, useFactory: () => new FrozenGuests(join(runFolder, 'frozen'), context.logger) },
        { provide: PausedGuests, useFactory: () => new PausedGuests(join(runFolder, 'paused'), context.logger) },
        { provide: CephConfFiles, useFactory: () => new CephConfFiles(join(runFolder, 'ceph')) },
        {
          provide: VolumeAddresses,
          useFactory: (secrets: SecretsService, rbd: RbdConnector) => new VolumeAddresses(secrets, rbd, join(runFolder, 'keys')),
          inject: [SecretsService, RbdConnector],
        },
        {
          provide: VolumeCopyService,
          useFactory: (addresses: VolumeAddresses) => new VolumeCopyService(context, addresses),
          inject: [VolumeAddresses],
        },
        { provide: MemoryFiles, useFactory: () => new MemoryFiles(context.settings.CLINKER_MEMORY_FOLDER) },
        { provide: SeedImages, useFactory: () => new SeedImages(join(runFolder, 'seeds')) },
        { provide: RbdImageInspector, useFactory: () => new RbdImageInspector(join(runFolder, 'keys')) },
      ],
    };
  }
}
