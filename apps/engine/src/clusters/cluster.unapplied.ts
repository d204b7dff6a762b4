import { list, wireEnum, wireObject } from '@clinker/ovirt-api';
import { compatibilityVersion } from '../data-centers/compatibility.version';
import { type UnappliedSettings, count, enabled, flag, inheritable, many, oneOf, text, unappliedAfter } from '../http/unapplied.settings';

const rngSources = list('required_rng_source', wireEnum(['hwrng', 'random', 'urandom'], 'RngSource'))
  .transform((sources) => ({ required_rng_source: sources }))
  .optional();
const PERCENT = 100_000;

/** Members of a cluster. Fencing, reservations and what happens after errors are left out: they would promise something. */
export const unappliedClusterSettings = {
  ballooning_enabled: flag,
  bios_type: oneOf('BiosType', 'cluster_default', 'i440fx_sea_bios', 'q35_ovmf', 'q35_sea_bios', 'q35_secure_boot'),
  custom_scheduling_policy_properties: many('property', wireObject({ name: text, value: text })),
  display: wireObject({ proxy: text }).optional(),
  fips_mode: oneOf('FipsMode', 'disabled', 'enabled', 'undefined'),
  firewall_type: oneOf('FirewallType', 'firewalld', 'iptables'),
  gluster_service: flag,
  gluster_tuned_profile: text,
  ksm: wireObject({ enabled: flag, merge_across_nodes: flag }).optional(),
  log_max_memory_used_threshold: count(2 ** 31 - 1),
  log_max_memory_used_threshold_type: oneOf('LogMaxMemoryUsedThresholdType', 'absolute_value_in_mb', 'percentage'),
  maintenance_reason_required: flag,
  memory_policy: wireObject({
    over_commit: wireObject({ percent: count(PERCENT) }).optional(),
    transparent_hugepages: enabled,
  }).optional(),
  migration: wireObject({
    auto_converge: inheritable,
    bandwidth: wireObject({
      assignment_method: oneOf('MigrationBandwidthAssignmentMethod', 'auto', 'custom', 'hypervisor_default'),
      custom_value: count(2 ** 31 - 1),
    }).optional(),
    compressed: inheritable,
    encrypted: inheritable,
    policy: wireObject({ id: text }).optional(),
  }).optional(),
  optional_reason: flag,
  required_rng_sources: rngSources,
  serial_number: wireObject({ policy: oneOf('SerialNumberPolicy', 'custom', 'host', 'none', 'vm'), value: text }).optional(),
  switch_type: oneOf('SwitchType', 'legacy', 'ovs'),
  threads_as_cores: flag,
  trusted_service: flag,
  tunnel_migration: flag,
  version: compatibilityVersion.optional(),
  virt_service: flag,
};

/** The type of a cluster's processors. */
export const unappliedClusterCpu = { type: text };

const NAMES = Object.keys(unappliedClusterSettings);

/** The unapplied settings that a cluster has after a request. */
export const unappliedOfCluster = (now: UnappliedSettings, asked: object): UnappliedSettings =>
  unappliedAfter(now, asked, NAMES, { cpu: Object.keys(unappliedClusterCpu) });
