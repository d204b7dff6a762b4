import { wireObject } from '@clinker/ovirt-api';
import { type UnappliedSettings, count, enabled, flag, inheritable, many, oneOf, text, unappliedAfter } from '../http/unapplied.settings';

/** Members of `cpu`. */
export const unappliedCpu = {
  cpu_tune: wireObject({
    vcpu_pins: many('vcpu_pin', wireObject({ cpu_set: text, vcpu: count(1023) })),
  }).optional(),
  mode: oneOf('CpuMode', 'custom', 'host_model', 'host_passthrough'),
};

/** Members of `memory_policy`. */
export const unappliedMemoryPolicy = { ballooning: flag };

/** Only `pinned` has an effect, and only with hosts. */
export const vmAffinity = oneOf('VmAffinity', 'migratable', 'pinned', 'user_migratable');

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
  io: wireObject({ threads: count(127) }).optional(),
  migration: wireObject({ auto_converge: inheritable, compressed: inheritable, encrypted: inheritable }).optional(),
  migration_downtime: count(2 ** 31 - 1, -1),
  multi_queues_enabled: flag,
  numa_tune_mode: oneOf('NumaTuneMode', 'interleave', 'preferred', 'strict'),
  placement_policy: wireObject({ affinity: vmAffinity }).optional(),
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

/** Of a placement policy; its hosts have an effect. */
const POLICY_NAMES = ['affinity'];

const NAMES = Object.keys(unappliedSettings).filter((name) => name !== 'placement_policy');

/** What a client may give of them, among the rest of a VM. */
type Asked = { readonly [Name in keyof typeof unappliedSettings]?: unknown } & {
  readonly cpu?: object | undefined;
  readonly memory_policy?: object | undefined;
  readonly placement_policy?: object | undefined;
};

/** The unapplied settings that a VM has after a request. */
export const unappliedOf = (now: UnappliedSettings | undefined, asked: Asked): UnappliedSettings =>
  unappliedAfter(now, asked, NAMES, {
    cpu: Object.keys(unappliedCpu),
    memory_policy: Object.keys(unappliedMemoryPolicy),
    placement_policy: POLICY_NAMES,
  });
