import { messages, renderMessage } from '@clinker/ovirt-api';
import { type Operation, Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { Host } from '../hosts/host.entity';
import type { RequestOrigin } from '../http/request-origin';
import { VmSnapshot } from '../snapshots/vm-snapshot.entity';
import type { Vm } from '../vms/vm.entity';
import type { ChangeNic, NicSettings } from './change-nic.saga';
import { refuseMissingBridge, tellOfMissingBridges } from './missing.bridges';
import { bridgeOf, networkOfProfile } from './nic.definition';
import { NIC_TYPE, isSeen, refuseHotUpdate } from './nic.rules';

/** A change of an interface of a running VM; `before` is null for a new one, `after` for one that is to be removed. */
export interface LiveChange {
  readonly vm: Vm;
  readonly id: string;
  readonly macPoolId: string;
  readonly before: NicSettings | null;
  readonly after: NicSettings | null;
}

const subjectsOf = (vmId: string) => [{ type: 'vm', id: vmId }];

/** Decides about changes of interfaces of running VMs, and starts them. */
@Injectable()
export class LiveNics {
  constructor(
    private readonly events: EventsService,
    private readonly operations: Operations,
  ) {}

  /** True if the guest of a running VM is to see the change. */
  concerns(before: NicSettings, after: NicSettings): boolean {
    return before.plugged !== after.plugged || (after.plugged && isSeen(before, after));
  }

  /** Starts the change, as part of the caller's transaction; not while a snapshot is taken: its memory has the interfaces of its beginning. @throws ConflictError */
  async change({ vm, id: nicId, macPoolId, before, after }: LiveChange, origin: RequestOrigin, tx: EntityManager): Promise<Operation> {
    if (await tx.existsBy(VmSnapshot, { vmId: vm.id, status: 'locked' }))
      throw new ConflictError(renderMessage(messages.OBJECT_LOCKED, { action: 'edit', type: NIC_TYPE }));
    const { id: hostId, name: hostName, capabilities } = await tx.findOneByOrFail(Host, { id: vm.hostId ?? '' });
    if (after?.plugged) await this.check({ before, after }, { vm, host: { ...capabilities, id: hostId, name: hostName } }, tx);
    const state: ChangeNic = { vmId: vm.id, vmName: vm.name, nicId, macPoolId, hostId, hostName, before, after };
    return this.operations.start('change-nic', state, { ...origin, subjects: subjectsOf(vm.id) }, tx);
  }

  private async check(
    { before, after }: { before: NicSettings | null; after: NicSettings },
    there: Parameters<typeof tellOfMissingBridges>[1],
    tx: EntityManager,
  ): Promise<void> {
    const network = await networkOfProfile(tx, after.vnicProfileId);
    refuseMissingBridge(there, network, before ? 'edit' : 'add');
    if (before?.plugged) {
      const earlier = await networkOfProfile(tx, before.vnicProfileId);
      const isConnected = (one: typeof network): boolean => one !== null && bridgeOf(one, there.host) !== null;
      refuseHotUpdate(before, after, isConnected(earlier) !== isConnected(network));
    }
    await tellOfMissingBridges(this.events, there, [{ nic: after, network }], tx);
  }
}
