import type { Links, WireObject } from '@clinker/ovirt-api';
import { nameBasedId } from '../http/name-based.id';
import { LARGE_ICON, SMALL_ICON } from './icons';

/** A collection of oVirt in which nothing can be added, changed or removed. */
export interface FixedCollection {
  /** Its element. */
  readonly element: string;
  /** How messages call one object. */
  readonly type: string;
  /** Why nothing can be added, for who tries to. */
  readonly reason: string;
  /** Its objects; without them it is empty. */
  readonly members?: (links: Links) => readonly (WireObject & { id: string })[];
  /** Sub-collections of each object, empty here, by their path segment, with the element of each. */
  readonly parts?: Readonly<Record<string, string>>;
}

const NO_FOREIGN_PROVIDER = 'Clinker knows no providers but those of volumes.';
const CINDER_ONLY = 'All storage comes from Cinder.';
const NO_TRANSFER = 'Images cannot be transferred.';
const NO_IMPORT = 'Virtual machines cannot be imported.';
/** Why there are no affinity labels. */
export const PLACED_BY_GROUPS = 'Affinity Groups of clusters say which hosts VMs go to.';
/** Why scheduling policies and their parts stay as they are. */
export const FIXED_PLACEMENT = 'How VMs are placed cannot be changed.';

/** oVirt's id of its policy `none`: a VM goes to the host that has given away the smallest share of its memory, and stays there. */
export const NO_POLICY_ID = 'b4ed2332-a7ac-4d5f-9596-99a439cb2812';

const POLICY_PARTS = { balances: 'balances', filters: 'filters', weights: 'weights' } as const;

/** oVirt's filters: its own, and those that come with libvirt. The first is what a profile gets. */
const NETWORK_FILTERS = [
  'vdsm-no-mac-spoofing',
  'allow-arp',
  'allow-dhcp',
  'allow-dhcp-server',
  'allow-incoming-ipv4',
  'allow-ipv4',
  'clean-traffic',
  'no-arp-ip-spoofing',
  'no-arp-mac-spoofing',
  'no-arp-spoofing',
  'no-ip-multicast',
  'no-ip-spoofing',
  'no-mac-broadcast',
  'no-mac-spoofing',
  'no-other-l2-traffic',
  'no-other-rarp-traffic',
  'qemu-announce-self',
  'qemu-announce-self-rarp',
] as const;

/** The filter of every profile. */
export const NETWORK_FILTER_ID = nameBasedId('networkfilters', NETWORK_FILTERS[0]);

/** True for the id of a filter that there is. */
export const isNetworkFilter = (id: string): boolean =>
  NETWORK_FILTERS.some((name) => nameBasedId('networkfilters', name) === id.toLowerCase());

const icons = (links: Links) =>
  [LARGE_ICON, SMALL_ICON].map(({ id, data }) => ({ ...links.reference('icons', id), data, media_type: 'image/png' }));

const networkFilters = (links: Links) =>
  NETWORK_FILTERS.map((name) => ({
    ...links.reference('networkfilters', nameBasedId('networkfilters', name)),
    name,
    version: { build: 1, major: 0, minor: 9, revision: 0 },
  }));

function schedulingPolicies(links: Links) {
  const identity = links.reference('schedulingpolicies', NO_POLICY_ID);
  return [
    {
      ...identity,
      name: 'none',
      description: 'Place a VM on the host that has given away the smallest share of its memory, and leave it there',
      link: links.subCollections(identity.href, Object.keys(POLICY_PARTS)),
      default_policy: true,
      locked: true,
    },
  ];
}

/** They are valid: clients list them. Most are empty. */
export const FIXED_COLLECTIONS: Readonly<Record<string, FixedCollection>> = {
  affinitylabels: { element: 'affinity_labels', type: 'Affinity Label', reason: PLACED_BY_GROUPS },
  externalhostproviders: { element: 'external_host_providers', type: 'Provider', reason: NO_FOREIGN_PROVIDER },
  externaltemplateimports: { element: 'external_template_imports', type: 'Template', reason: NO_IMPORT },
  externalvmimports: { element: 'external_vm_imports', type: 'VM', reason: NO_IMPORT },
  icons: { element: 'icons', type: 'Icon', reason: 'VMs have no icons of their own.', members: icons },
  imagetransfers: { element: 'image_transfers', type: 'Image Transfer', reason: NO_TRANSFER },
  katelloerrata: { element: 'katello_errata', type: 'Erratum', reason: NO_FOREIGN_PROVIDER },
  networkfilters: {
    element: 'network_filters',
    type: 'Network Filter',
    reason: 'Network filters come with libvirt.',
    members: networkFilters,
  },
  openstackimageproviders: { element: 'openstack_image_providers', type: 'Provider', reason: NO_FOREIGN_PROVIDER },
  openstacknetworkproviders: { element: 'openstack_network_providers', type: 'Provider', reason: NO_FOREIGN_PROVIDER },
  schedulingpolicies: {
    element: 'scheduling_policies',
    type: 'Scheduling Policy',
    reason: FIXED_PLACEMENT,
    members: schedulingPolicies,
    parts: POLICY_PARTS,
  },
  schedulingpolicyunits: { element: 'scheduling_policy_units', type: 'Scheduling Policy Unit', reason: FIXED_PLACEMENT },
  storageconnections: { element: 'storage_connections', type: 'Storage Connection', reason: CINDER_ONLY },
};
