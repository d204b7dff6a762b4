/** Types whose element in the XML is not named like the type. */
const ELEMENT_OF_TYPE: ReadonlyMap<string, string> = new Map([
  ['migration_options', 'migration'],
  ['numa_node', 'host_numa_node'],
  ['open_stack_image', 'openstack_image'],
  ['open_stack_image_provider', 'openstack_image_provider'],
  ['open_stack_network', 'openstack_network'],
  ['open_stack_network_provider', 'openstack_network_provider'],
  ['open_stack_subnet', 'openstack_subnet'],
  ['open_stack_volume_provider', 'openstack_volume_provider'],
  ['operating_system', 'os'],
  ['operating_system_info', 'operating_system'],
  ['transparent_huge_pages', 'transparent_hugepages'],
  ['virtual_numa_node', 'vm_numa_node'],
]);

/** Collections whose name is not that of the item with an `s`. */
const ITEM_OF_COLLECTION: ReadonlyMap<string, string> = new Map([
  ['custom_properties', 'custom_property'],
  ['driver_options', 'property'],
  ['driver_sensitive_options', 'property'],
  ['fencing_policies', 'fencing_policy'],
  ['katello_errata', 'katello_erratum'],
  ['migration_policies', 'migration_policy'],
  ['pm_proxies', 'pm_proxy'],
  ['properties', 'property'],
  ['qoss', 'qos'],
  ['scheduling_policies', 'scheduling_policy'],
]);

/** Members of one object where several collections share an item; the item's own collection is the regular one. */
const SHARED_ITEMS: ReadonlySet<string> = new Set(['driver_options', 'driver_sensitive_options']);

const COLLECTION_OF_ITEM: ReadonlyMap<string, string> = new Map(
  [...ITEM_OF_COLLECTION].filter(([collection]) => !SHARED_ITEMS.has(collection)).map(([collection, item]) => [item, collection]),
);

/** The element that carries an object of a type of the API model: `open_stack_volume_provider` is `openstack_volume_provider`. */
export function elementOfType(type: string): string {
  return ELEMENT_OF_TYPE.get(type) ?? type;
}

/** The collection of an item: `disk` gives `disks`, `property` gives `properties`. */
export function collectionOf(element: string): string {
  return COLLECTION_OF_ITEM.get(element) ?? `${element}s`;
}

/** The item of a collection: `storage_domains` gives `storage_domain`, `katello_errata` gives `katello_erratum`. */
export function itemOf(collection: string): string {
  const irregular = ITEM_OF_COLLECTION.get(collection);
  if (irregular !== undefined) return irregular;
  return collection.endsWith('s') ? collection.slice(0, -1) : collection;
}

/** The `rel` and path segment of a collection: the name without underscores. */
export function relOf(collection: string): string {
  return collection.replaceAll('_', '');
}

/**
 * Root elements of what Clinker serves, with every irregular name of the wire in one place. `authentication_keys` and `volume_types`
 * are members of a provider under these short names, but roots under the long ones; a disk's `openstack_volume_type` has no
 * underscore in `openstack`, unlike the list of types.
 */
export const elementNames = {
  authenticationKey: 'openstack_volume_authentication_key',
  authenticationKeys: 'openstack_volume_authentication_keys',
  diskVolumeType: 'openstack_volume_type',
  operatingSystem: 'os',
  volumeProvider: 'openstack_volume_provider',
  volumeProviders: 'openstack_volume_providers',
  volumeType: 'open_stack_volume_type',
  volumeTypes: 'open_stack_volume_types',
} as const;
