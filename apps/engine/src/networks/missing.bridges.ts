import type { EntityManager } from 'typeorm';
import { ConflictError } from '../errors/domain.errors';
import type { EventsService } from '../events/events.service';
import type { Host } from '../hosts/host.entity';
import type { Vm } from '../vms/vm.entity';
import type { Network } from './network.entity';
import { type HostBridges, bridgeOf } from './nic.definition';
import type { Nic } from './nic.entity';

/** A VM, and the host on which it runs or is about to. */
export interface VmThere {
  readonly vm: Pick<Vm, 'id' | 'name'>;
  readonly host: Pick<Host, 'id' | 'name'> & HostBridges;
}

/** An interface, and the network that it is to be in. */
export interface WantedNetwork {
  readonly nic: Pick<Nic, 'name'>;
  readonly network: Network | null;
}

/** Tells of the interfaces that the guest will see connected to nothing, because the host has no bridge for the management network. */
export async function tellOfMissingBridges(
  events: EventsService,
  { vm, host }: VmThere,
  wanted: readonly WantedNetwork[],
  tx: EntityManager,
): Promise<void> {
  for (const { nic, network } of wanted) {
    if (!network?.management || bridgeOf(network, host) !== null) continue;
    const text = `Interface ${nic.name} of VM ${vm.name} is connected to nothing: host ${host.name} has no bridge for the network ${network.name}.`;
    await events.record('NIC_UNCONNECTED', text, { vmId: vm.id, hostId: host.id }, tx);
  }
}

/** @throws ConflictError if the host has no bridge for a network that is not the management network */
export function refuseMissingBridge({ vm, host }: VmThere, network: Network | null, action: string): void {
  if (!network || network.management || bridgeOf(network, host) !== null) return;
  throw new ConflictError(
    `Cannot ${action} Interface. The network ${network.name} is missing on host ${host.name}, where VM ${vm.name} runs.`,
  );
}
