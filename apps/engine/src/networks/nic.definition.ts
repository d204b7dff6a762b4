import type { NicDefinition } from '@clinker/agent-protocol';
import { type EntityManager, In } from 'typeorm';
import { Network } from './network.entity';
import { Nic, type NicInterface } from './nic.entity';
import { VnicProfile } from './vnic-profile.entity';

/** The bridges of a host, as it tells of them. */
export interface HostBridges {
  readonly bridges?: readonly string[] | undefined;
  readonly networkBridges?: Readonly<Record<string, string>> | undefined;
}

/** What of an interface a guest can tell. */
export type NicHardware = Pick<Nic, 'interface' | 'mac' | 'linked'>;

/** An interface with the network of its profile; null if it has none. */
export interface NicInNetwork {
  readonly nic: Nic;
  readonly network: Network | null;
}

const MODELS: Record<NicInterface, NicDefinition['model']> = {
  virtio: 'virtio',
  rtl8139_virtio: 'virtio',
  e1000: 'e1000',
  rtl8139: 'rtl8139',
};

/** The interfaces that the VM's guest sees, by name, with their networks. */
export async function pluggedNics(db: EntityManager, vmId: string): Promise<NicInNetwork[]> {
  const nics = await db.find(Nic, { where: { vmId, plugged: true }, order: { name: 'ASC' } });
  if (nics.length === 0) return [];
  const profiles = await db.findBy(VnicProfile, { id: In(nics.flatMap(({ vnicProfileId }) => vnicProfileId ?? [])) });
  const networks = await db.findBy(Network, { id: In(profiles.map(({ networkId }) => networkId)) });
  return nics.map((nic) => {
    const networkId = profiles.find(({ id }) => id === nic.vnicProfileId)?.networkId;
    return { nic, network: networks.find(({ id }) => id === networkId) ?? null };
  });
}

/** The network of a profile; null without one. */
export async function networkOfProfile(db: EntityManager, vnicProfileId: string | null): Promise<Network | null> {
  const profile = vnicProfileId === null ? null : await db.findOneBy(VnicProfile, { id: vnicProfileId });
  return profile && db.findOneBy(Network, { id: profile.networkId });
}

const bridgeNameOf = ({ name }: Pick<Network, 'name'>, { networkBridges = {} }: HostBridges): string => networkBridges[name] ?? name;

/** The bridge that a network has on a host; null if it has none there. */
export function bridgeOf(network: Pick<Network, 'name'>, host: HostBridges): string | null {
  const bridge = bridgeNameOf(network, host);
  return host.bridges?.includes(bridge) ? bridge : null;
}

/**
 * An interface as a host is to show it to the guest; the same for boot and hot plug. Only the management network may have no bridge there:
 * another one's was there when the host was chosen, and if it has gone since, the host says so.
 */
export function nicDefinition(nicId: string, hardware: NicHardware, network: Network | null, host: HostBridges): NicDefinition {
  const { interface: model, mac, linked } = hardware;
  const bridge = network && (network.management ? bridgeOf(network, host) : bridgeNameOf(network, host));
  const mtu = network && bridge !== null && network.mtu > 0 ? network.mtu : null;
  return { nicId, mac, model: MODELS[model], bridge, linked, mtu };
}
