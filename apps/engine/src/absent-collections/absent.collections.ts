/** A collection of oVirt of which Clinker has nothing. */
export interface AbsentCollection {
  /** Its element. */
  readonly element: string;
  /** How messages call one object. */
  readonly type: string;
  /** Why there can be none, for who tries to add one. */
  readonly reason: string;
}

const NO_FOREIGN_PROVIDER = 'Clinker knows no providers but those of volumes.';
const CINDER_ONLY = 'All storage comes from Cinder.';
const NO_TRANSFER = 'Images cannot be transferred.';
const NO_IMPORT = 'Virtual machines cannot be imported.';
const FIXED_PLACEMENT = 'How VMs are placed cannot be changed.';

/** They are valid and empty: clients list them. */
export const ABSENT_COLLECTIONS: Readonly<Record<string, AbsentCollection>> = {
  affinitylabels: { element: 'affinity_labels', type: 'Affinity Label', reason: FIXED_PLACEMENT },
  cpuprofiles: { element: 'cpu_profiles', type: 'CPU Profile', reason: 'The use of processors is not limited.' },
  externalhostproviders: { element: 'external_host_providers', type: 'Provider', reason: NO_FOREIGN_PROVIDER },
  externaltemplateimports: { element: 'external_template_imports', type: 'Template', reason: NO_IMPORT },
  externalvmimports: { element: 'external_vm_imports', type: 'VM', reason: NO_IMPORT },
  icons: { element: 'icons', type: 'Icon', reason: 'VMs have no icons.' },
  imagetransfers: { element: 'image_transfers', type: 'Image Transfer', reason: NO_TRANSFER },
  katelloerrata: { element: 'katello_errata', type: 'Erratum', reason: NO_FOREIGN_PROVIDER },
  networkfilters: { element: 'network_filters', type: 'Network Filter', reason: 'The traffic of VMs is not filtered.' },
  openstackimageproviders: { element: 'openstack_image_providers', type: 'Provider', reason: NO_FOREIGN_PROVIDER },
  openstacknetworkproviders: { element: 'openstack_network_providers', type: 'Provider', reason: NO_FOREIGN_PROVIDER },
  schedulingpolicies: { element: 'scheduling_policies', type: 'Scheduling Policy', reason: FIXED_PLACEMENT },
  schedulingpolicyunits: { element: 'scheduling_policy_units', type: 'Scheduling Policy Unit', reason: FIXED_PLACEMENT },
  storageconnections: { element: 'storage_connections', type: 'Storage Connection', reason: CINDER_ONLY },
  vmpools: { element: 'vm_pools', type: 'VM-Pool', reason: 'Pools of VMs are not supported.' },
};
