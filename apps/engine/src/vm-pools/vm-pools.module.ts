import { Module } from '@nestjs/common';
import { DiskCopiesModule } from '../disk-copies/disk-copies.module';
import { DisksModule } from '../disks/disks.module';
import { VmsModule } from '../vms/vms.module';
import { RemoveVmPoolSaga } from './remove-vm-pool.saga';
import { ReturnVmSaga } from './return-vm.saga';
import { VmPoolAccess } from './vm-pool.access';
import { VmPoolAllocation } from './vm-pool-allocation.service';
import { VmPoolDetachment } from './vm-pool-detachment.service';
import { VmPoolMembersController } from './vm-pool-members.controller';
import { VmPoolMembers } from './vm-pool-members.service';
import { VmPoolsController } from './vm-pools.controller';
import { VmPoolsReconciler } from './vm-pools.reconciler';
import { VmPoolsService } from './vm-pools.service';

/** Pools of VMs that are alike, which users take and give back. */
@Module({
  imports: [DiskCopiesModule, DisksModule, VmsModule],
  controllers: [VmPoolsController, VmPoolMembersController],
  providers: [
    VmPoolsService,
    VmPoolMembers,
    VmPoolAllocation,
    VmPoolDetachment,
    VmPoolAccess,
    VmPoolsReconciler,
    ReturnVmSaga,
    RemoveVmPoolSaga,
  ],
})
export class VmPoolsModule {}
