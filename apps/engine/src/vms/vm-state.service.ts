import type { DomainReport } from '@clinker/agent-protocol';
import { Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager, In } from 'typeorm';
import { EventsService } from '../events/events.service';
import { Host } from '../hosts/host.entity';
import type { CleanUpVm } from './clean-up-vm.saga';
import { type Cause, verdict } from './domain.verdict';
import { hasEnded } from './domain.state';
import { Vm } from './vm.entity';
import { vmStatuses } from './vm.statuses';

const OPERATIONS_OF_HOST = `SELECT operation.id FROM operation JOIN vm
  ON operation.subjects @> jsonb_build_array(jsonb_build_object('type', 'vm', 'id', vm.id::text))
  WHERE vm.host_id = $1 AND operation.status IN ('running', 'undoing')`;

const OPERATIONS_OF_VM = `SELECT id FROM operation WHERE subjects @> $1::jsonb AND status IN ('running', 'undoing')`;

/** What a VM is whose host did not answer for a while. */
const SEEN_AGAIN = ['unknown', 'not_responding'] as const;

/** A host and what is placed on it, as the database says. */
export interface PlacedVms {
  readonly host: Host;
  readonly vms: Vm[];
}

/** What becomes of running VMs when their hosts show something else than the database. */
@Injectable()
export class VmStateService {
  /** Domains that were reported as strangers: once is enough. */
  private readonly reported = new Set<string>();

  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
    private readonly operations: Operations,
  ) {}

  /** Ids of the hosts that can be asked, or for which their fence answers. */
  async hostsToLookAt(): Promise<string[]> {
    const hosts = await this.db.findBy(Host, { status: In(['up', 'non_operational', 'maintenance', 'down']) });
    return hosts.map(({ id }) => id);
  }

  /** A host and all VMs that are placed on it, the most available first; undefined if there is no such host. */
  async placedOn(hostId: string): Promise<PlacedVms | undefined> {
    const [host, vms] = await Promise.all([
      this.db.findOneBy(Host, { id: hostId }),
      this.db.find(Vm, { where: { hostId }, order: { haPriority: 'DESC' } }),
    ]);
    return host ? { host, vms } : undefined;
  }

  /**
   * Reports domains of ours on a host where no VM is placed that they could belong to: left from a database that was lost, or started by
   * somebody else. They are left alone, because what they hold is not known.
   * @param before what was placed there before the host was asked
   */
  async reportStrangers({ host, vms: before }: PlacedVms, domains: readonly DomainReport[]): Promise<void> {
    const after = await this.db.findBy(Vm, { hostId: host.id });
    const known = new Set([...before, ...after].map(({ id }) => id));
    const strangers = domains.filter((domain) => !known.has(domain.vmId) && !hasEnded(domain));
    for (const { vmId, name } of strangers) {
      if (this.reported.has(vmId)) continue;
      this.reported.add(vmId);
      await this.events.record('FOREIGN_DRIFT', `Host ${host.name} runs a domain ${name} (${vmId}) that belongs to no VM there.`, {
        hostId: host.id,
      });
    }
  }

  /** The id of the host of this name; undefined if there is none. */
  async hostNamed(name: string): Promise<string | undefined> {
    return (await this.db.findOneBy(Host, { name }))?.id;
  }

  /**
   * Takes over what the host shows of a VM, as it was read before the host was asked.
   * @param cause why the VM has gone, if it has
   * @throws ConflictError, NotFoundError if somebody else works on the VM meanwhile
   */
  async settle(vm: Vm, domain: DomainReport | undefined, cause: Cause): Promise<void> {
    const found = verdict(domain);
    if (found.status === 'gone') return this.cleanUp(vm, cause);
    if (found.status === vm.status) return;
    if (!(await this.become(found.status, vm))) return;
    const reason = found.reason ? ` (${found.reason})` : '';
    if (found.status === 'paused') await this.events.record('VM_PAUSED', `VM ${vm.name} has been paused${reason}.`, { vmId: vm.id });
    else if (vm.status === 'paused') await this.events.record('VM_RESUMED', `VM ${vm.name} runs again.`, { vmId: vm.id });
  }

  private async become(to: 'up' | 'paused', { id, status, hostId }: Vm): Promise<boolean> {
    const where = { hostId: hostId ?? '' };
    const wasUnknown = SEEN_AGAIN.find((one) => one === status);
    if (wasUnknown) return vmStatuses.move(this.db, id, { from: wasUnknown, to, where });
    if (to === 'up') return vmStatuses.move(this.db, id, { from: 'paused', to, where });
    return vmStatuses.move(this.db, id, { from: 'up', to, where });
  }

  /** Makes the operations that work on a VM look again. */
  async wakeOperationsOfVm(vmId: string): Promise<void> {
    await this.wakeAll(OPERATIONS_OF_VM, JSON.stringify([{ type: 'vm', id: vmId }]));
  }

  /** Makes the operations that work on VMs of a host look again. */
  async wakeOperationsOfHost(hostId: string): Promise<void> {
    await this.wakeAll(OPERATIONS_OF_HOST, hostId);
  }

  private async cleanUp(vm: Vm, { reason, faulty }: Cause): Promise<void> {
    const state: CleanUpVm = { vmId: vm.id, vmName: vm.name, startTime: vm.startTime?.toISOString() ?? null, reason, faulty };
    await this.operations.start('clean-up-vm', state, { correlationId: randomUUID(), subjects: [{ type: 'vm', id: vm.id }] });
  }

  private async wakeAll(sql: string, parameter: string): Promise<void> {
    const rows = await this.db.query<{ id: string }[]>(sql, [parameter]);
    await Promise.all(rows.map(({ id }) => this.operations.wake(id)));
  }
}
