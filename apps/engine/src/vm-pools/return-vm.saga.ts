import { bytesToGiB } from '@clinker/cinder';
import { messages, renderMessage } from '@clinker/ovirt-api';
import type { Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { DiskCopiesClient } from '../disk-copies/disk-copies.client';
import { copyingSchema, diskCopySchema } from '../disk-copies/disk-copy';
import { copySteps, tidySteps } from '../disk-copies/disk-copy.steps';
import { DiskVolumeClient } from '../disks/disk-volume.client';
import { Disk } from '../disks/disk.entity';
import { volumeIdSchema } from '../disks/disk.ids';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { Permission } from '../permissions/permission.entity';
import { POOL_USERS_ROLE } from '../permissions/predefined.roles';
import { outside } from '../sagas/step.errors';
import { Vm } from '../vms/vm.entity';
import { lockVm } from '../vms/vm.lock';
import { vmStatuses } from '../vms/vm.statuses';
import { VmPool, VmPoolUser } from './vm-pool.entity';

const state = copyingSchema.extend({
  vmId: z.string(),
  vmName: z.string(),
  copies: z.array(diskCopySchema).default([]),
  /** The volumes that the disks had, in the order of the copies. */
  oldVolumeIds: z.array(volumeIdSchema).default([]),
});

/** What `return-vm` is started with. */
export type ReturnVm = Pick<z.input<typeof state>, 'vmId' | 'vmName'>;
type State = z.output<typeof state>;

/** The disks of a VM of a pool, with the snapshots of the template's disks of which they are copies. */
const DISKS = `SELECT disk.id, disk.name, disk.volume_id AS "volumeId", disk.volume_type AS "volumeType", disk.provisioned_size::float8 AS size,
  template_disk.cinder_snapshot_id AS "snapshotId", domain.provider_id AS "providerId"
  FROM disk_attachment attached JOIN disk ON disk.id = attached.disk_id JOIN vm_pool_disk member ON member.disk_id = disk.id
  JOIN template_disk ON template_disk.disk_id = member.template_disk_id JOIN storage_domain domain ON domain.id = disk.storage_domain_id
  WHERE attached.vm_id = $1 ORDER BY disk.id FOR UPDATE OF disk`;

interface DiskRow {
  readonly id: string;
  readonly name: string;
  readonly volumeId: string;
  readonly volumeType: string | null;
  readonly size: number;
  readonly snapshotId: string;
  readonly providerId: string;
}

/**
 * Takes a VM back into its pool after it has run: a stateless one gets its disks anew, as copies of the template's; whoever had it from an
 * automatic pool has it no longer.
 */
@Injectable()
export class ReturnVmSaga implements Saga<State> {
  readonly name = 'return-vm';
  readonly state = state;
  readonly pointOfNoReturn = 'give the VM its new disks';
  readonly steps: readonly Step<State>[];

  constructor(
    copies: DiskCopiesClient,
    private readonly volumes: DiskVolumeClient,
    private readonly events: EventsService,
  ) {
    this.steps = [
      { kind: 'transaction', name: 'lock the VM', run: (at, tx) => this.lock(at, tx), undo: ({ vmId }, tx) => this.unlock(vmId, tx) },
      ...copySteps<State>(copies),
      { kind: 'transaction', name: this.pointOfNoReturn, run: (at, tx) => this.swap(at, tx) },
      { kind: 'call', name: 'delete the old volumes', run: (at, ctx) => this.deleteOld(at, ctx) },
      ...tidySteps<State>(copies, false),
    ];
  }

  describe({ vmName }: State): string {
    return `Returning VM ${vmName} to its VM-Pool`;
  }

  async ended({ vmId, vmName }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    const text = `VM ${vmName} could not be returned to its VM-Pool: ${outcome.reason}`;
    await this.events.record('VM_RETURN_FAILED', text, { vmId }, tx);
  }

  private async lock({ vmId }: State, tx: EntityManager): Promise<Partial<State>> {
    const vm = await lockVm(tx, vmId);
    const pool = vm.vmPoolId === null ? null : await tx.findOneBy(VmPool, { id: vm.vmPoolId });
    if (vm.status !== 'down' || !vm.hasRun || pool?.status !== 'ok')
      throw new ConflictError(renderMessage(messages.OBJECT_LOCKED, { action: 'return', type: 'VM' }));
    await vmStatuses.move(tx, vmId, { from: 'down', to: 'image_locked' });
    const rows = vm.stateless ? await tx.query<DiskRow[]>(DISKS, [vmId]) : [];
    const copies = rows.map(({ id, size, ...row }) =>
      diskCopySchema.parse({ ...row, diskId: id, sizeGiB: bytesToGiB(size), origin: null, volumeId: null }),
    );
    return { copies, oldVolumeIds: rows.map(({ volumeId }) => volumeIdSchema.parse(volumeId)) };
  }

  private async unlock(vmId: string, tx: EntityManager): Promise<void> {
    await vmStatuses.move(tx, vmId, { from: 'image_locked', to: 'down' });
  }

  private async swap({ vmId, copies }: State, tx: EntityManager): Promise<void> {
    for (const { diskId, volumeId } of copies) await tx.update(Disk, { id: diskId }, { volumeId });
    await this.release(vmId, tx);
    const fresh = copies.length > 0 ? { initialized: false } : {};
    await vmStatuses.move(tx, vmId, { from: 'image_locked', to: 'down' }, { hasRun: false, ...fresh });
  }

  private async release(vmId: string, tx: EntityManager): Promise<void> {
    const { vmPoolId } = await tx.findOneByOrFail(Vm, { id: vmId });
    const pool = vmPoolId === null ? null : await tx.findOneBy(VmPool, { id: vmPoolId });
    const user = await tx.findOneBy(VmPoolUser, { vmId });
    if (!user || pool?.type === 'manual') return;
    await tx.delete(VmPoolUser, { vmId });
    await tx.delete(Permission, { objectId: vmId, accountId: user.accountId, roleId: POOL_USERS_ROLE });
  }

  private async deleteOld({ copies, oldVolumeIds }: State, ctx: StepContext): Promise<void> {
    for (const [index, copy] of copies.entries()) {
      const id = oldVolumeIds[index];
      const old = id && (await outside('look for the old volume in Cinder', () => this.volumes.own(copy, id)));
      if (old) await this.volumes.ensureGone(copy.providerId, [old], ctx);
    }
  }
}
