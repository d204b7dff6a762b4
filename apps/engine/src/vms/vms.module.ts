import { Module } from '@nestjs/common';
import { DiskAttachmentsModule } from '../disk-attachments/disk-attachments.module';
import { DisksModule } from '../disks/disks.module';
import { DiskCopiesModule } from '../disk-copies/disk-copies.module';
import { InitializationModule } from '../initialization/initialization.module';
import { SnapshotMemoryModule } from '../snapshot-memory/snapshot-memory.module';
import { CleanUpVmSaga } from './clean-up-vm.saga';
import { CloneVmSaga } from './clone-vm.saga';
import { CreateVmSaga } from './create-vm.saga';
import { PlacementService } from './placement.service';
import { RemoveVmWithDisksSaga } from './remove-vm-with-disks.saga';
import { RemoveVmSaga } from './remove-vm.saga';
import { ReportedDevicesController } from './reported-devices.controller';
import { ReportedDevicesService } from './reported-devices.service';
import { RestartVmSaga } from './restart-vm.saga';
import { ResumeVmSaga } from './resume-vm.saga';
import { RunVmSaga } from './run-vm.saga';
import { ShutDownVmSaga } from './shut-down-vm.saga';
import { StopSuspendedVmSaga } from './stop-suspended-vm.saga';
import { StopVmSaga } from './stop-vm.saga';
import { SuspendVmSaga } from './suspend-vm.saga';
import { VmAdder } from './vm-adder.service';
import { VmAccess } from './vm.access';
import { VmActionsController } from './vm-actions.controller';
import { VmCdromsController } from './vm-cdroms.controller';
import { VmDomainClient } from './vm-domain.client';
import { VmPartsController } from './vm-parts.controller';
import { VmPowerService } from './vm-power.service';
import { VmStatisticsController } from './vm-statistics.controller';
import { VmRestartsReconciler } from './vm-restarts.reconciler';
import { VmRestarts } from './vm-restarts.service';
import { VmStateReconciler } from './vm-state.reconciler';
import { VmStateService } from './vm-state.service';
import { VmSuspensionController } from './vm-suspension.controller';
import { VmSuspensionService } from './vm-suspension.service';
import { VmVolumesClient } from './vm-volumes.client';
import { VmStarting } from './vm.starting';
import { VmsController } from './vms.controller';
import { VmsService } from './vms.service';

/** Virtual machines, from their definition to their end. */
@Module({
  imports: [DiskAttachmentsModule, DisksModule, DiskCopiesModule, SnapshotMemoryModule, InitializationModule],
  controllers: [
    VmsController,
    VmActionsController,
    VmSuspensionController,
    VmPartsController,
    VmStatisticsController,
    VmCdromsController,
    ReportedDevicesController,
  ],
  providers: [
    VmAccess,
    VmsService,
    ReportedDevicesService,
    VmPowerService,
    VmSuspensionService,
    PlacementService,
    VmDomainClient,
    VmVolumesClient,
    VmStateService,
    VmStateReconciler,
    VmRestarts,
    VmRestartsReconciler,
    RunVmSaga,
    StopVmSaga,
    ShutDownVmSaga,
    RestartVmSaga,
    VmStarting,
    SuspendVmSaga,
    ResumeVmSaga,
    StopSuspendedVmSaga,
    CleanUpVmSaga,
    RemoveVmSaga,
    RemoveVmWithDisksSaga,
    VmAdder,
    CreateVmSaga,
    CloneVmSaga,
  ],
  exports: [VmAdder],
})
export class VmsModule {}
