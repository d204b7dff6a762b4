import { SubLinks } from './sub.links';
import type { Wire, WireObject } from './wire.document';

const HEAD = 'actions name description comment creation_status link';
const DEVICE = 'instance_type template vm vms';
const PROVIDER = 'authentication_url password properties requires_authentication url username tenant_name';

const DISK =
  `${DEVICE} active actual_size alias backup backup_mode bootable content_type external_disk format image_id initial_size interface ` +
  'logical_name lun_storage propagate_errors provisioned_size qcow_version read_only sgio shareable sparse status storage_type total_size ' +
  'uses_scsi_reservation wipe_after_delete disk_profile disk_snapshots openstack_volume_type permissions quota snapshot statistics ' +
  'storage_domain storage_domains';

const VM_BASE =
  'auto_pinning_policy bios console cpu cpu_shares creation_time custom_compatibility_version custom_cpu_model custom_emulated_machine ' +
  'custom_properties delete_protected display domain high_availability initialization io large_icon lease memory memory_policy migration ' +
  'migration_downtime multi_queues_enabled origin os placement_policy rng_device serial_number small_icon soundcard_enabled sso ' +
  'start_paused stateless storage_error_resume_behaviour time_zone tpm_enabled tunnel_migration type usb virtio_scsi ' +
  'virtio_scsi_multi_queues virtio_scsi_multi_queues_enabled cluster cpu_profile quota storage_domain';

const VM =
  `${VM_BASE} fqdn guest_operating_system guest_time_zone has_illegal_images next_run_configuration_exists numa_tune_mode payloads ` +
  'run_once start_time status status_detail stop_reason stop_time use_latest_template_version affinity_labels applications cdroms ' +
  'disk_attachments external_host_provider floppies graphics_consoles host host_devices instance_type katello_errata nics ' +
  'host_numa_nodes original_template permissions reported_devices sessions snapshots statistics tags template vm_pool watchdogs';

const TEMPLATE = `${VM_BASE} status version vm cdroms disk_attachments graphics_consoles nics permissions tags watchdogs`;

const NETWORK =
  'display dns_resolver_configuration ip mtu port_isolation profile_required required status stp usages vdsm_name vlan cluster data_center ' +
  'external_provider external_provider_physical_network network_labels permissions qos vnic_profiles';

const NIC =
  `${DEVICE} boot_protocol interface linked mac on_boot plugged synced network network_attachments network_filter_parameters ` +
  'network_labels reported_devices statistics virtual_function_allowed_labels virtual_function_allowed_networks vnic_profile';

const QUOTA =
  'cluster_hard_limit_pct cluster_soft_limit_pct data_center disks storage_hard_limit_pct storage_soft_limit_pct users vms ' +
  'permissions quota_cluster_limits quota_storage_limits';

/**
 * XSD sequences of the types that the general rule does not describe: those that extend another type (base members come first) and
 * those whose name is an ordinary member.
 */
const SEQUENCES: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map(
  Object.entries({
    cdrom: `${HEAD} ${DEVICE} file`,
    cluster_level: `${HEAD} cpu_types permits cluster_features`,
    cpu: 'architecture cores cpu_tune level mode name speed topology type',
    cpu_type: 'architecture level name',
    data_center:
      `${HEAD} local quota_mode status storage_format supported_versions version clusters iscsi_bonds mac_pool networks permissions ` +
      'qoss quotas storage_domains',
    disk: `${HEAD} ${DISK}`,
    disk_snapshot: `${HEAD} ${DISK} disk parent`,
    graphics_console: `${HEAD} address port protocol tls_port ${DEVICE}`,
    instance_type: `${HEAD} ${TEMPLATE}`,
    nic: `${HEAD} ${NIC}`,
    network: `${HEAD} ${NETWORK}`,
    nic_configuration: 'boot_protocol ip ipv6 ipv6_boot_protocol name on_boot',
    openstack_image_provider: `${HEAD} ${PROVIDER} certificates images`,
    openstack_volume_provider: `${HEAD} ${PROVIDER} authentication_keys certificates data_center volume_types`,
    product_info: 'instance_id name vendor version',
    quota: `${HEAD} ${QUOTA}`,
    reported_configuration: 'actual_value expected_value in_sync name',
    snapshot: `${HEAD} ${VM} date persist_memorystate snapshot_status snapshot_type disks vm`,
    template: `${HEAD} ${TEMPLATE}`,
    vm: `${HEAD} ${VM}`,
    vm_pool:
      `${HEAD} auto_storage_select display max_user_vms prestarted_vms rng_device size soundcard_enabled stateful tpm_enabled type ` +
      'use_latest_template_version cluster instance_type permissions template vm',
    watchdog: `${HEAD} ${DEVICE} action model`,
  }).map(([element, names]) => [element, positions(names)]),
);

const HEAD_POSITIONS = positions(HEAD);

/** Elements whose members, references included, are in plain alphabetical order. */
const FLAT: ReadonlySet<string> = new Set(['action']);

const ATTRIBUTE_RANK = 100;
const LINK_RANK = 200;
const LAST_RANK = 1000;

function positions(names: string): ReadonlyMap<string, number> {
  return new Map(names.split(' ').map((name, index) => [name, index]));
}

function isIdentified(value: Wire): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && ('id' in value || 'href' in value);
}

/** Lists that are known to be of objects: an empty one does not tell. */
const linkLists = new WeakSet<object>();

/** A list of the objects to which another one links, in the place of that link. */
export function linkList(item: string, found: readonly WireObject[]): WireObject {
  const list = { [item]: [...found] };
  linkLists.add(list);
  return list;
}

function isLink(value: Wire): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof SubLinks || Array.isArray(value))
    return false;
  if (isIdentified(value) || linkLists.has(value)) return true;
  const members = Object.values(value);
  const only = members[0];
  return members.length === 1 && Array.isArray(only) && isIdentified(only[0]);
}

function rankOf(element: string, name: string, refers: boolean): number {
  const sequence = SEQUENCES.get(element);
  if (sequence) return sequence.get(name) ?? LAST_RANK;
  const head = HEAD_POSITIONS.get(name);
  if (head !== undefined) return head;
  return refers && !FLAT.has(element) ? LINK_RANK : ATTRIBUTE_RANK;
}

/** The order of the members of objects that have the same members, of which the same refer to other objects. */
interface KnownOrder {
  readonly names: readonly string[];
  readonly refers: readonly boolean[];
  readonly order: readonly string[];
}

/** Orders that were worked out before, by element: objects of one kind have few shapes, and to sort each anew takes most of the time. */
const knownOrders = new Map<string, KnownOrder[]>();
const MAX_ELEMENTS = 1024;
const MAX_SHAPES = 16;

/** The name by which the model calls a member, and by which it is sorted. */
const modelName = (name: string): string => (name === 'host_numa_nodes' ? 'numa_nodes' : name);

function workOut(element: string, names: readonly string[], refers: readonly boolean[]): KnownOrder {
  const ranked = names.map((name, index) => ({ name, rank: rankOf(element, name, refers[index] ?? false) }));
  ranked.sort((a, b) => a.rank - b.rank || (modelName(a.name) < modelName(b.name) ? -1 : 1));
  return { names, refers, order: ranked.map(({ name }) => name) };
}

function same<T>(one: readonly T[], other: readonly T[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 1) if (one[index] !== other[index]) return false;
  return true;
}

function orderOf(element: string, names: readonly string[], refers: readonly boolean[]): readonly string[] {
  const shapes = knownOrders.get(element) ?? [];
  for (const shape of shapes) if (same(shape.names, names) && same(shape.refers, refers)) return shape.order;
  const shape = workOut(element, names, refers);
  if (shapes.length < MAX_SHAPES) shapes.push(shape);
  if (knownOrders.size < MAX_ELEMENTS) knownOrders.set(element, shapes);
  return shape.order;
}

const NONE: readonly boolean[] = [];

/**
 * The names of an object's members in the order of oVirt's XSD: actions, name, description, comment, links, then attributes and then
 * links to other objects, each alphabetically. Members without a value are among them.
 */
export function orderedNames(element: string, body: WireObject): readonly string[] {
  const names = Object.keys(body);
  if (names.length < 2) return names;
  return orderOf(element, names, SEQUENCES.has(element) ? NONE : names.map((name) => isLink(body[name])));
}
