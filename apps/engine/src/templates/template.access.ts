import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { AccessService } from '../permissions/access.service';
import type { Vm } from '../vms/vm.entity';

/** Who may make a template: who sees the VM, and may make templates in its data center. */
@Injectable()
export class TemplateAccess {
  constructor(
    private readonly db: EntityManager,
    private readonly access: AccessService,
  ) {}

  /** @throws NotFoundError, ForbiddenError */
  async requireAdd(vm: Vm, askerId: string): Promise<void> {
    await this.access.requireSeen(askerId, 'vm', vm.id);
    const { dataCenterId } = await this.db.findOneByOrFail(Cluster, { id: vm.clusterId });
    await this.access.require(askerId, 'create_template', { type: 'data_center', id: dataCenterId });
  }
}
