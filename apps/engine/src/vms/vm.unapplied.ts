import { type Wire, type WireObject, list, wireBoolean, wireEnum, wireInteger, wireObject, wireString } from '@clinker/ovirt-api';
import type { z } from 'zod';

/**
 * What clients set of a VM and what changes nothing here. It is kept and shown as they gave it: who declares a VM and reads it back
 * (Ansible, Terraform) would else see a difference for ever. In the form of the wire, by its members.
 */
export type UnappliedSettings = object;

const flag = wireBoolean.optional();
const enabled = wireObject({ enabled: flag }).optional();
const text = wireString.max(4096).optional();
const count = (max: number, min = 0) => wireInteger({ min, max }).optional();
const oneOf = (type: string, ...values: string[]) => wireEnum(values, type).optional();
const many = (item: string, schema: z.ZodType) =>
  list(item, schema)
    .transform((items) => ({ [item]: items }))
    .optional();

const ip = wireObject({ address: text, gateway: text, netmask: text, version: oneOf('IpVersion', 'v4', 'v6') }).optional();
const protocol = oneOf('BootProtocol', 'autoconf', 'dhcp', 'none', 'poly_dhcp_autoconf', 'static');
const inheritable = oneOf('InheritableBoolean', 'true', 'false', 'inherit');

/** Passwords and license keys are not kept. */
const initialization = wireObject({
  active_directory_ou: text,
  authorized_ssh_keys: wireString.optional(),
  cloud_init_network_protocol: oneOf('CloudInitNetworkProtocol', 'eni', 'openstack_metadata'),
  custom_script: wireString.optional(),
  dns_search: text,
  dns_servers: text,
  domain: text,
  host_name: text,
  input_locale: text,
  nic_configurations: many(
    'nic_configuration',
    wireObject({ boot_protocol: protocol, ip, ipv6: ip, ipv6_boot_protocol: protocol, name: text, on_boot: flag }),
  ),
  org_name: text,
  regenerate_ids: flag,
  regenerate_ssh_keys: flag,
  system_locale: text,
  timezone: text,
  ui_language: text,
  user_locale: text,
  user_name: text,
}).optional();

/** Members of `cpu`. */
export const unappliedCpu = {
  cpu_tune: wireObject({
    vcpu_pins: many('vcpu_pin', wireObject({ cpu_set: text, vcpu: count(1023) })),
  }).optional(),
  mode: oneOf('CpuMode', 'custom', 'host_model', 'host_passthrough'),
};

/** Members of `memory_policy`. */
export const unappliedMemoryPolicy = { ballooning: flag };

/** Members of a VM. */
export const unappliedSettings = {
  bios: wireObject({
    boot_menu: enabled,
    type: oneOf('BiosType', 'cluster_default', 'i440fx_sea_bios', 'q35_ovmf', 'q35_sea_bios', 'q35_secure_boot'),
  }).optional(),
  console: enabled,
  cpu_shares: count(262_144),
  custom_compatibility_version: wireObject({ major: count(99, -1), minor: count(99, -1) }).optional(),
  custom_cpu_model: text,
  custom_emulated_machine: text,
  custom_properties: many('custom_property', wireObject({ name: text, regexp: text, value: text })),
  display: wireObject({
    allow_override: flag,
    copy_paste_enabled: flag,
    disconnect_action: text,
    file_transfer_enabled: flag,
    keyboard_layout: text,
    monitors: count(16),
    single_qxl_pci: flag,
    smartcard_enabled: flag,
  }).optional(),
  initialization,
  io: wireObject({ threads: count(127) }).optional(),
  migration: wireObject({ auto_converge: inheritable, compressed: inheritable, encrypted: inheritable }).optional(),
  migration_downtime: count(2 ** 31 - 1, -1),
  multi_queues_enabled: flag,
  numa_tune_mode: oneOf('NumaTuneMode', 'interleave', 'preferred', 'strict'),
  placement_policy: wireObject({ affinity: oneOf('VmAffinity', 'migratable', 'pinned', 'user_migratable') }).optional(),
  rng_device: wireObject({
    rate: wireObject({ bytes: count(2 ** 31 - 1), period: count(2 ** 31 - 1) }).optional(),
    source: oneOf('RngSource', 'hwrng', 'random', 'urandom'),
  }).optional(),
  serial_number: wireObject({ policy: oneOf('SerialNumberPolicy', 'custom', 'host', 'none', 'vm'), value: text }).optional(),
  soundcard_enabled: flag,
  sso: wireObject({ methods: many('method', wireObject({ id: oneOf('SsoMethod', 'guest_agent') })) }).optional(),
  start_paused: flag,
  storage_error_resume_behaviour: oneOf('VmStorageErrorResumeBehaviour', 'auto_resume', 'kill', 'leave_paused'),
  time_zone: wireObject({ name: text, utc_offset: text }).optional(),
  tunnel_migration: flag,
  usb: wireObject({ enabled: flag, type: oneOf('UsbType', 'legacy', 'native') }).optional(),
  use_latest_template_version: flag,
  virtio_scsi: enabled,
  virtio_scsi_multi_queues: count(256, -1),
  virtio_scsi_multi_queues_enabled: flag,
};

const NAMES = Object.keys(unappliedSettings);

const isObject = (value: unknown): value is WireObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Objects are merged member by member; texts, numbers and lists replace what was there. What is not given stays. */
export function mergedWire(now: WireObject, asked: WireObject): WireObject {
  const merged: Record<string, Wire> = { ...now };
  for (const [name, value] of Object.entries(asked)) {
    if (value === undefined) continue;
    const before = merged[name];
    merged[name] = isObject(before) && isObject(value) ? mergedWire(before, value) : value;
  }
  return merged;
}

/** An object as it is shown, with the unapplied settings in it. Consoles are shown in a collection of their own. */
export function withUnapplied(shown: WireObject, settings: UnappliedSettings = {}): WireObject {
  return Object.keys(settings).length === 0 ? shown : mergedWire(shown, { ...settings, graphics_consoles: undefined });
}

/** What a client may give of them, among the rest of a VM. */
type Asked = { readonly [Name in keyof typeof unappliedSettings]?: unknown } & {
  readonly cpu?: object | undefined;
  readonly memory_policy?: object | undefined;
};

const picked = (from: object | undefined, names: readonly string[]): WireObject =>
  Object.fromEntries(Object.entries(from ?? {}).filter(([name, value]) => names.includes(name) && value !== undefined));

const nonEmpty = (parts: Record<string, WireObject>): WireObject =>
  Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0));

/** The unapplied settings that a VM has after a request. */
export function unappliedOf(now: UnappliedSettings | undefined, asked: Asked): UnappliedSettings {
  const parts = nonEmpty({
    cpu: picked(asked.cpu, Object.keys(unappliedCpu)),
    memory_policy: picked(asked.memory_policy, Object.keys(unappliedMemoryPolicy)),
  });
  return mergedWire({ ...now }, { ...picked(asked, NAMES), ...parts });
}
