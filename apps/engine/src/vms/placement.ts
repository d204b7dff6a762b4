import { type AffinityCondition, affinityPenalty, affinityRefusal } from '../affinity-groups/affinity.rules';
import type { HostStatus } from '../hosts/host.entity';
import { bridgeOf } from '../networks/nic.definition';

const MIB = 1_048_576;

/** What the host's own system keeps (bytes); oVirt's figure. */
export const HOST_RESERVED_BYTES = 321 * MIB;

/** What QEMU needs beside the guest's memory (bytes); oVirt's figure. */
export const VM_OVERHEAD_BYTES = 65 * MIB;

/** A host on which a VM might run. */
export interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly status: HostStatus;
  readonly memoryBytes: number;
  /** Memory of the VMs that are placed there, each with its overhead. */
  readonly placedBytes: number;
  readonly secretUuids: readonly string[];
  readonly bridges: readonly string[];
  /** Bridges of networks by the networks' names, where they differ. */
  readonly networkBridges: Readonly<Record<string, string>>;
}

/** An authentication key without which the disks of a provider cannot be opened. */
export interface NeededKey {
  readonly uuid: string;
  readonly providerName: string;
}

/** What a VM wants of its host. */
export interface Demand {
  readonly memoryBytes: number;
  readonly keys: readonly NeededKey[];
  /** The networks without which it must not run, by name. */
  readonly networks: readonly string[];
  /** The only hosts that may take it, if whoever starts it has named some. */
  readonly onlyHostIds?: readonly string[] | undefined;
  /** The only hosts on which it runs at all. */
  readonly pinnedHostIds?: readonly string[] | undefined;
  /** Hosts that it takes before others. */
  readonly preferredHostIds?: readonly string[] | undefined;
  /** What its affinity groups want. */
  readonly affinity?: readonly AffinityCondition[] | undefined;
}

export type Placement = { readonly host: Candidate } | { readonly refusals: readonly string[] };

/** Why the VM does not want the host; undefined if it does. */
function unwanted(host: Candidate, { onlyHostIds, pinnedHostIds, affinity = [] }: Demand): string | undefined {
  if (onlyHostIds?.includes(host.id) === false) return `The host ${host.name} is none of those that were asked for.`;
  if (pinnedHostIds?.includes(host.id) === false)
    return `The host ${host.name} did not satisfy internal filter PinToHost because the VM is pinned to other hosts.`;
  const unfit = affinityRefusal(affinity, host.id);
  return unfit === undefined ? undefined : `The host ${host.name} ${unfit}`;
}

/** Why the host cannot take the VM, in oVirt's way of saying it; undefined if it can. */
function incapable(host: Candidate, { memoryBytes, keys, networks }: Demand): string | undefined {
  if (host.status !== 'up') return `The host ${host.name} is ${host.status.replaceAll('_', ' ')}.`;
  const missing = keys.filter(({ uuid }) => !host.secretUuids.includes(uuid)).map(({ providerName }) => providerName);
  if (missing.length > 0) return `The host ${host.name} does not have the authentication keys of ${[...new Set(missing)].join(', ')} yet.`;
  const absent = networks.filter((name) => bridgeOf({ name }, host) === null);
  if (absent.length > 0)
    return `The host ${host.name} did not satisfy internal filter Network because network(s) ${absent.join(', ')} are missing.`;
  const free = host.memoryBytes - HOST_RESERVED_BYTES - host.placedBytes - VM_OVERHEAD_BYTES;
  if (memoryBytes <= free) return undefined;
  const freeMib = Math.max(0, Math.floor(free / MIB));
  return `The host ${host.name} did not satisfy internal filter Memory because its available memory is too low (${freeMib} MB) to run the VM.`;
}

/** How much of a host's memory is given away, from 0 to 1. */
const usedShare = ({ placedBytes, memoryBytes }: Candidate): number => (memoryBytes > 0 ? placedBytes / memoryBytes : 1);

/**
 * The first host that can take the VM: those that it prefers first, then those that fit its affinity groups best, then by the share of
 * their memory that is given away, so that VMs are spread, and by name. If there is none, why each of them cannot.
 */
export function place(candidates: readonly Candidate[], demand: Demand): Placement {
  const { preferredHostIds = [], affinity = [] } = demand;
  const ranked = candidates.map((host) => ({
    host,
    ranks: [preferredHostIds.includes(host.id) ? 0 : 1, affinityPenalty(affinity, host.id), usedShare(host)],
  }));
  ranked.sort(
    (a, b) => a.ranks.map((rank, at) => rank - b.ranks[at]!).find((difference) => difference !== 0) ?? (a.host.name < b.host.name ? -1 : 1),
  );
  const judged = ranked.map(({ host }) => ({ host, reason: unwanted(host, demand) ?? incapable(host, demand) }));
  const chosen = judged.find(({ reason }) => reason === undefined);
  return chosen ? { host: chosen.host } : { refusals: judged.flatMap(({ reason }) => reason ?? []) };
}
