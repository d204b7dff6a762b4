import type { ReferenceInput } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { DiskAccess } from '../disks/disk.access';
import { AccessService } from '../permissions/access.service';
import { Template } from '../templates/template.entity';
import { Vm } from './vm.entity';
import type { AddVm } from './vm.input';

const named = ({ id, name }: ReferenceInput) => (id !== undefined ? { id } : { name: name ?? '' });

/** Who may make or move a VM. What a request names and is not there is refused later, as for everybody. */
@Injectable()
export class VmAccess {
  constructor(
    private readonly db: EntityManager,
    private readonly access: AccessService,
    private readonly disks: DiskAccess,
  ) {}

  /** In the cluster, from the template, and with the disks. @throws NotFoundError, ForbiddenError */
  async requireAdd({ cluster, template, disk_attachments = [] }: AddVm, askerId: string): Promise<void> {
    await this.requireIn(cluster, askerId);
    const found = await this.db.findOneBy(Template, named(template));
    if (found) await this.access.require(askerId, 'create_vm', { type: 'template', id: found.id });
    for (const { disk } of disk_attachments) if (disk.id !== undefined) await this.disks.require('attach_disk', disk.id, askerId);
  }

  /** A VM moves only to a cluster in which its mover may create one. @throws NotFoundError, ForbiddenError */
  async requireMove(vmId: string, cluster: ReferenceInput | undefined, askerId: string): Promise<void> {
    if (!cluster) return;
    const [vm, wanted] = await Promise.all([this.db.findOneBy(Vm, { id: vmId }), this.db.findOneBy(Cluster, named(cluster))]);
    if (vm && wanted && vm.clusterId !== wanted.id) await this.requireIn({ id: wanted.id }, askerId);
  }

  private async requireIn(cluster: ReferenceInput, askerId: string): Promise<void> {
    const found = await this.db.findOneBy(Cluster, named(cluster));
    if (found) await this.access.require(askerId, 'create_vm', { type: 'cluster', id: found.id });
  }
}
