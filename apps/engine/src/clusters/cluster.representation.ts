import type { Links, WireObject } from '@clinker/ovirt-api';
import { COMPATIBILITY_VERSION } from '../data-centers/compatibility.version';
import { NO_POLICY_ID } from '../fixed-collections/fixed.collections';
import { withUnapplied } from '../http/unapplied.settings';
import type { Cluster } from './cluster.entity';

/** Sub-collections that are always empty here, by their path segment, with the element of each. The networks are served by networks/, the profiles by cpu-profiles/. */
export const emptyClusterCollections: Readonly<Record<string, string>> = {
  enabledfeatures: 'cluster_features',
  externalnetworkproviders: 'external_providers',
  glusterhooks: 'gluster_hooks',
  glustervolumes: 'gluster_volumes',
  networkfilters: 'network_filters',
};

/** What oVirt lets a cluster choose and we do not: the values that describe how we behave, until a client gives others to be shown. */
const FIXED: WireObject = {
  ballooning_enabled: false,
  error_handling: { on_error: 'migrate' },
  custom_scheduling_policy_properties: {
    property: [
      { name: 'CpuOverCommitDurationMinutes', value: '2' },
      { name: 'HighUtilization', value: '80' },
    ],
  },
  fencing_policy: {
    enabled: false,
    skip_if_connectivity_broken: { enabled: false, threshold: 50 },
    skip_if_gluster_bricks_up: false,
    skip_if_gluster_quorum_not_met: false,
    skip_if_sd_active: { enabled: false },
  },
  firewall_type: 'firewalld',
  gluster_service: false,
  ha_reservation: false,
  ksm: { enabled: false, merge_across_nodes: true },
  log_max_memory_used_threshold: 95,
  log_max_memory_used_threshold_type: 'percentage',
  memory_policy: { over_commit: { percent: 100 }, transparent_hugepages: { enabled: true } },
  migration: { auto_converge: 'inherit', bandwidth: { assignment_method: 'auto' }, compressed: 'inherit' },
  required_rng_sources: { required_rng_source: ['urandom'] },
  switch_type: 'legacy',
  threads_as_cores: false,
  trusted_service: false,
  tunnel_migration: false,
  virt_service: true,
};

/** A cluster as oVirt shows it. */
export function clusterRepresentation(cluster: Cluster, links: Links): WireObject {
  const identity = links.reference('clusters', cluster.id);
  const shown = {
    ...identity,
    actions: links.actions(identity.href, ['resetemulatedmachine', 'syncallnetworks', 'upgrade']),
    name: cluster.name,
    description: cluster.description,
    comment: cluster.comment,
    link: links.subCollections(identity.href, [
      'affinitygroups',
      ...Object.keys(emptyClusterCollections),
      'cpuprofiles',
      'networks',
      'permissions',
    ]),
    ...FIXED,
    cpu: { architecture: cluster.cpuArchitecture, type: '' },
    version: { ...COMPATIBILITY_VERSION },
    data_center: links.reference('datacenters', cluster.dataCenterId),
    mac_pool: links.reference('macpools', cluster.macPoolId),
    scheduling_policy: links.reference('schedulingpolicies', NO_POLICY_ID),
  };
  return withUnapplied(shown, cluster.unapplied);
}
