import type { Links, WireObject } from '@clinker/ovirt-api';
import { linkedParts } from '../http/empty-collection';
import { HOST_RESERVED_BYTES } from '../vms/placement';
import type { Host } from './host.entity';

/** What runs on a host. Memory in bytes, with the overhead of each VM. */
export interface HostLoad {
  readonly active: number;
  readonly total: number;
  readonly memoryBytes: number;
}

export interface HostView {
  readonly host: Host;
  readonly load: HostLoad;
}

/** Actions of oVirt's hosts; the first three work, the others say that they do not. */
export const HOST_ACTIONS = [
  'activate',
  'deactivate',
  'fence',
  'approve',
  'commitnetconfig',
  'copyhostnetworks',
  'discoveriscsi',
  'enrollcertificate',
  'forceselectspm',
  'install',
  'iscsidiscover',
  'iscsilogin',
  'refresh',
  'setupnetworks',
  'syncallnetworks',
  'unregisteredstoragedomainsdiscover',
  'upgrade',
  'upgradecheck',
] as const;

/** Sub-collections of a host by their path segment, with the element of each. All but the statistics are empty here. */
export const HOST_PARTS = {
  affinitylabels: 'affinity_labels',
  cpuunits: 'host_cpu_units',
  devices: 'host_devices',
  externalnetworkproviderconfigurations: 'external_network_provider_configurations',
  fenceagents: 'agents',
  hooks: 'hooks',
  katelloerrata: 'katello_errata',
  networkattachments: 'network_attachments',
  nics: 'host_nics',
  numanodes: 'host_numa_nodes',
  storage: 'host_storages',
  storageconnectionextensions: 'storage_connection_extensions',
  unmanagednetworks: 'unmanaged_networks',
} as const;

/** `9.0.0` or `2.1-3` as oVirt's version. */
export function versionRepresentation(text: string, fullVersion = text): WireObject {
  const [major = 0, minor = 0, build = 0] = text.split(/\D+/).filter(Boolean).map(Number);
  return { major, minor, build, revision: 0, full_version: fullVersion };
}

/** What VMs may use of the host's memory and do not use yet, in bytes; the same that placement goes by. */
const schedulableBytes = ({ host, load }: HostView): number =>
  Math.max(0, host.capabilities.memoryBytes - HOST_RESERVED_BYTES - load.memoryBytes);

function cpu({ capabilities }: Host): WireObject {
  const { name, architecture, speedMhz, sockets, cores, threads } = capabilities.cpu;
  return { name, architecture, speed: Math.round(speedMhz), type: name, topology: { sockets, cores, threads } };
}

function hardware({ capabilities }: Host): WireObject {
  const rng = { supported_rng_source: ['urandom'] };
  return {
    family: capabilities.osName,
    manufacturer: '',
    product_name: capabilities.osName,
    uuid: capabilities.hardwareUuid ?? '',
    version: capabilities.osVersion,
    supported_rng_sources: rng,
  };
}

function software({ capabilities }: Host): WireObject {
  const { osName, osVersion, kernelVersion, libvirtVersion, agentVersion } = capabilities;
  return {
    libvirt_version: versionRepresentation(libvirtVersion, `libvirt-${libvirtVersion}`),
    os: { type: osName, version: versionRepresentation(osVersion), custom_kernel_cmdline: '', reported_kernel_cmdline: kernelVersion },
    version: versionRepresentation(agentVersion, `clinker-${agentVersion}`),
  };
}

/** What clients expect of every host and what is the same for all of ours. */
const CONSTANTS: WireObject = {
  auto_numa_status: 'unknown',
  // Hosts have no certificate of ours, and the engine does not log in there: clients read the empty values.
  certificate: { organization: '', subject: '' },
  device_passthrough: { enabled: false },
  external_status: 'ok',
  kdump_status: 'unknown',
  ksm: { enabled: false },
  network_operation_in_progress: false,
  numa_supported: false,
  port: 54321,
  power_management: { automatic_pm_enabled: false, enabled: false, kdump_detection: false, pm_proxies: { pm_proxy: [] } },
  protocol: 'stomp',
  reinstallation_required: false,
  se_linux: { mode: 'disabled' },
  spm: { priority: 5, status: 'none' },
  ssh: { fingerprint: '', port: 22 },
  transparent_hugepages: { enabled: true },
  type: 'rhel',
  update_available: false,
  vgpu_placement: 'consolidated',
};

/** A host as oVirt shows it. */
export function hostRepresentation(view: HostView, links: Links): WireObject {
  const { host, load } = view;
  const identity = links.reference('hosts', host.id);
  const initiator = host.capabilities.connector['initiator'];
  return {
    ...CONSTANTS,
    ...identity,
    actions: links.actions(identity.href, HOST_ACTIONS),
    name: host.name,
    comment: host.comment,
    link: links.subCollections(identity.href, [...linkedParts(HOST_PARTS), 'permissions', 'statistics', 'tags']),
    address: host.address,
    cpu: cpu(host),
    hardware_information: hardware(host),
    iscsi: { initiator: typeof initiator === 'string' ? initiator : '' },
    ...software(host),
    max_scheduling_memory: schedulableBytes(view),
    memory: host.capabilities.memoryBytes,
    status: host.status,
    summary: { active: load.active, migrating: 0, total: load.total },
    cluster: links.reference('clusters', host.clusterId),
  };
}

const STATISTICS = [
  ['memory.total', 'Total memory', 'c1f5b1f0-0000-4000-8000-000000000001'],
  ['memory.used', 'Used memory', 'c1f5b1f0-0000-4000-8000-000000000002'],
  ['memory.free', 'Free memory', 'c1f5b1f0-0000-4000-8000-000000000003'],
] as const;

/** The host's memory, in bytes, as of its last heartbeat. */
export function hostStatistics({ host }: HostView, links: Links): WireObject[] {
  const { memoryBytes: total } = host.capabilities;
  const data = { 'memory.total': total, 'memory.used': Math.max(0, total - host.memoryFreeBytes), 'memory.free': host.memoryFreeBytes };
  return STATISTICS.map(([name, description, id]) => ({
    ...links.reference(`hosts/${host.id}/statistics`, id),
    name,
    description,
    kind: 'gauge',
    type: 'integer',
    unit: 'bytes',
    values: { value: [{ datum: data[name] }] },
    host: links.reference('hosts', host.id),
  }));
}
