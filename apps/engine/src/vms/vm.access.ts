import type { ReferenceInput } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { referred } from '../database/row.access';
import { Cluster } from '../clusters/cluster.entity';
import { DiskAccess } from '../disks/disk.access';
import { NotFoundError } from '../errors/domain.errors';
import { AccessService } from '../permissions/access.service';
import { Template } from '../templates/template.entity';
import { VmSnapshot } from '../snapshots/vm-snapshot.entity';
import { Vm } from './vm.entity';
import type { AddVm, StartVm, UpdateVm } from './vm.input';
import { asksForSettings } from './vm.run-once';

/** Who may make or move a VM. What a request names and is not there is refused later, as for everybody. */
@Injectable()
export class VmAccess {
  constructor(
    private readonly db: EntityManager,
    private readonly access: AccessService,
    private readonly disks: DiskAccess,
  ) {}

  /** In the cluster, from the template, and with the disks. @throws NotFoundError, ForbiddenError */
  async requireAdd({ cluster, template, disk_attachments = [], snapshots = [], quota }: AddVm, askerId: string): Promise<void> {
    await this.requireIn(cluster, askerId);
    await this.requireQuota(cluster, quota, askerId);
    const found = await this.db.findOneBy(Template, referred(template));
    if (found) {
      await this.access.require(askerId, 'create_vm', { type: 'template', id: found.id });
      await this.requireDisks('template_disk', 'template_id', found.id, askerId);
    }
    for (const { id } of snapshots) await this.requireSnapshot(id, askerId);
    for (const { disk } of disk_attachments) if (disk.id !== undefined) await this.disks.require('attach_disk', disk.id, askerId);
  }

  /** In the VM's cluster, with copies of its disks in their domains. @throws NotFoundError, ForbiddenError */
  async requireClone(vmId: string, askerId: string): Promise<void> {
    await this.access.requireSeen(askerId, 'vm', vmId);
    const vm = await this.db.findOneBy(Vm, { id: vmId });
    if (!vm) throw new NotFoundError('VM', vmId);
    await this.requireIn({ id: vm.clusterId }, askerId);
    await this.requireDisks('disk_attachment', 'vm_id', vmId, askerId);
  }

  /** A VM takes only of quotas that its changer may use, and moves only to a cluster in which its mover may create one. @throws NotFoundError, ForbiddenError */
  async requireChange(vmId: string, { cluster, quota }: Pick<UpdateVm, 'cluster' | 'quota'>, askerId: string): Promise<void> {
    const vm = quota && (await this.db.findOneBy(Vm, { id: vmId }));
    if (vm && vm.quotaId !== quota.id) await this.requireQuota(cluster ?? { id: vm.clusterId }, quota, askerId);
    await this.requireMove(vmId, cluster, askerId);
  }

  /** Whoever may start a VM chooses for one run what it boots from; more is chosen by those who may edit it. @throws NotFoundError, ForbiddenError */
  async requireRunOnce(vmId: string, { vm }: StartVm, askerId: string): Promise<void> {
    if (vm && (asksForSettings(vm) || vm.initialization))
      await this.access.require(askerId, 'edit_vm_properties', { type: 'vm', id: vmId });
  }

  private async requireMove(vmId: string, cluster: ReferenceInput | undefined, askerId: string): Promise<void> {
    if (!cluster) return;
    const [vm, wanted] = await Promise.all([this.db.findOneBy(Vm, { id: vmId }), this.db.findOneBy(Cluster, referred(cluster))]);
    if (vm && wanted && vm.clusterId !== wanted.id) await this.requireIn({ id: wanted.id }, askerId);
  }

  private async requireSnapshot(snapshotId: string, askerId: string): Promise<void> {
    const snapshot = await this.db.findOneBy(VmSnapshot, { id: snapshotId });
    if (!snapshot) return;
    await this.access.requireSeen(askerId, 'vm', snapshot.vmId);
    await this.requireDisks('disk_attachment', 'vm_id', snapshot.vmId, askerId);
  }

  /** Disks are made in the domains of those that are copied. */
  private async requireDisks(table: 'disk_attachment' | 'template_disk', column: string, id: string, askerId: string): Promise<void> {
    const domains = await this.db.query<{ id: string }[]>(
      `SELECT DISTINCT disk.storage_domain_id AS id FROM ${table} bound JOIN disk ON disk.id = bound.disk_id WHERE bound.${column} = $1`,
      [id],
    );
    for (const domain of domains) await this.access.require(askerId, 'create_disk', { type: 'storage_domain', id: domain.id });
  }

  private async requireQuota(cluster: ReferenceInput, quota: ReferenceInput | undefined, askerId: string): Promise<void> {
    const found = await this.db.findOneBy(Cluster, referred(cluster));
    if (found) await this.disks.requireQuota(found.dataCenterId, quota, askerId);
  }

  private async requireIn(cluster: ReferenceInput, askerId: string): Promise<void> {
    const found = await this.db.findOneBy(Cluster, referred(cluster));
    if (found) await this.access.require(askerId, 'create_vm', { type: 'cluster', id: found.id });
  }
}
