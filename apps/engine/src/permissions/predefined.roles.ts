import { type Permit, permitNames } from './permit.catalog';

/** A role as it is from the start. */
export interface PredefinedRole {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly administrative: boolean;
  /** Whether who has the role on an object also sees what is beneath it. */
  readonly allowsViewingChildren: boolean;
  readonly permits: readonly Permit[];
}

const RUN: Permit[] = ['run_vm', 'stop_vm', 'shut_down_vm', 'reboot_vm', 'reset_vm', 'hibernate_vm'];
const CONSOLE: Permit[] = ['connect_to_vm', 'connect_to_serial_console'];
const VM: Permit[] = ['create_vm', 'delete_vm', 'edit_vm_properties', ...RUN, 'change_vm_cd', ...CONSOLE];
const VM_PARTS: Permit[] = ['configure_vm_network', 'configure_vm_storage', 'manipulate_vm_snapshots'];
const VM_ADMIN: Permit[] = [...VM, ...VM_PARTS, 'migrate_vm', 'move_vm', 'import_export_vm', 'change_vm_custom_properties'];
const DISK: Permit[] = [
  'create_disk',
  'attach_disk',
  'edit_disk_properties',
  'delete_disk',
  'sparsify_disk',
  'disk_live_storage_migration',
];
const DISK_ADMIN: Permit[] = [...DISK, 'configure_disk_storage', 'reduce_disk', 'backup_disk'];
const TEMPLATE: Permit[] = ['edit_template_properties', 'delete_template', 'copy_template', 'configure_template_network'];
const HOST: Permit[] = ['create_host', 'edit_host_configuration', 'delete_host', 'manipulate_host', 'configure_host_network'];
const POOL: Permit[] = ['create_vm_pool', 'edit_vm_pool_configuration', 'delete_vm_pool', 'vm_pool_basic_operations'];
const DOMAIN: Permit[] = [
  'create_storage_domain',
  'edit_storage_domain_configuration',
  'delete_storage_domain',
  'manipulate_storage_domain',
];
const DISK_PROFILE: Permit[] = ['configure_storage_disk_profile', 'create_storage_disk_profile', 'delete_storage_disk_profile'];
const CLUSTER: Permit[] = ['create_cluster', 'edit_cluster_configuration', 'delete_cluster', 'configure_cluster_network'];
const CPU_PROFILE: Permit[] = ['create_cpu_profile', 'update_cpu_profile', 'delete_cpu_profile', 'assign_cpu_profile'];
const VNIC_PROFILE: Permit[] = ['configure_network_vnic_profile', 'create_network_vnic_profile', 'delete_network_vnic_profile'];
const NETWORK: Permit[] = ['configure_storage_pool_network', 'create_storage_pool_network', 'delete_storage_pool_network'];
const MAC_POOL: Permit[] = ['create_mac_pool', 'edit_mac_pool', 'delete_mac_pool', 'configure_mac_pool'];
const GIVE: Permit[] = ['manipulate_permissions', 'add_users_and_groups_from_directory'];
const SIDE: Permit[] = ['login', 'tag_management', 'bookmark_management', 'event_notification_management', 'audit_log_management'];
const CLUSTER_ADMIN: Permit[] = [
  ...[...VM_ADMIN, ...POOL, ...HOST, ...CLUSTER, ...DISK_ADMIN, ...CPU_PROFILE, ...GIVE, ...SIDE],
  ...(['edit_admin_vm_properties', 'manipulate_affinity_groups'] as const),
];

type Kind = Pick<PredefinedRole, 'administrative' | 'allowsViewingChildren'>;
const ADMIN: Kind = { administrative: true, allowsViewingChildren: true };
const ADMIN_OF_ITSELF: Kind = { administrative: true, allowsViewingChildren: false };
const USER: Kind = { administrative: false, allowsViewingChildren: true };
const USER_OF_ITSELF: Kind = { administrative: false, allowsViewingChildren: false };

type Row = [name: string, id: string, kind: Kind, description: string, permits: readonly Permit[]];

const role = (...[name, id, kind, description, permits]: Row): PredefinedRole => ({
  ...{ id, name, description, ...kind },
  permits: [...new Set(permits)],
});

/**
 * oVirt's roles with its ids, in its spirit: where oVirt 4.4 splits or adds a permit (VM_BASIC_OPERATIONS, serial consoles, CPU and disk
 * profiles), the roles that had its forerunner have it. Gluster's role is left out, Clinker has no Gluster.
 */
export const PREDEFINED_ROLES = [
  role('SuperUser', '00000000-0000-0000-0000-000000000001', ADMIN, 'Roles management administrator', permitNames),
  role(
    'ClusterAdmin',
    'def00001-0000-0000-0000-def000000001',
    ADMIN,
    'Administrator Role, permission for all the objects underneath a specific Cluster',
    CLUSTER_ADMIN,
  ),
  role(
    'DataCenterAdmin',
    'def00002-0000-0000-0000-def000000002',
    ADMIN,
    'Administrator Role, permission for all the objects underneath a specific Data Center, except Storage',
    [
      ...[...CLUSTER_ADMIN, ...TEMPLATE, ...NETWORK, ...VNIC_PROFILE, ...DISK_PROFILE],
      ...([
        'create_template',
        'edit_admin_template_properties',
        'assign_cluster_network',
        'create_storage_pool',
        'delete_storage_pool',
      ] as const),
      ...([
        'edit_storage_pool_configuration',
        'configure_quota',
        'consume_quota',
        'configure_scsi_generic_io',
        'attach_disk_profile',
      ] as const),
    ],
  ),
  role(
    'StorageAdmin',
    'def00003-0000-0000-0000-def000000003',
    ADMIN,
    'Administrator Role, permission for all operations on a specific Storage Domain',
    [...[...DOMAIN, ...DISK_ADMIN, ...DISK_PROFILE, ...SIDE], ...(['access_image_storage', 'attach_disk_profile'] as const)],
  ),
  role('HostAdmin', 'def00004-0000-0000-0000-def000000004', ADMIN, 'Administrator Role, permission for all operations on a specific Host', [
    ...HOST,
    ...DOMAIN,
    ...SIDE,
  ]),
  role(
    'NetworkAdmin',
    'def00005-0000-0000-0000-def000000005',
    ADMIN,
    'Administrator Role, permission for all operations on a specific Logical Network',
    [
      ...[...NETWORK, ...VNIC_PROFILE, ...SIDE],
      ...([
        'configure_host_network',
        'configure_cluster_network',
        'assign_cluster_network',
        'configure_vm_network',
        'configure_template_network',
      ] as const),
    ],
  ),
  role('UserVmManager', 'def00006-0000-0000-0000-def000000006', USER, 'User Role, with permission for any operation on Vms', [
    ...VM,
    ...VM_PARTS,
    ...DISK,
    ...GIVE,
    'login',
  ]),
  role(
    'UserVmRunTimeManager',
    'def00006-0000-0000-0000-def000000011',
    USER_OF_ITSELF,
    'User Role, with permissions for any operations on VMs except snapshot manipulation',
    [...[...VM, ...DISK, ...GIVE], ...(['configure_vm_network', 'configure_vm_storage', 'login'] as const)],
  ),
  role(
    'VmPoolAdmin',
    'def00007-0000-0000-0000-def000000007',
    ADMIN,
    'Administrator Role, permission for all operations on a specific VM Pool',
    [...POOL, 'create_vm', ...SIDE],
  ),
  role(
    'TemplateAdmin',
    'def00008-0000-0000-0000-def000000008',
    ADMIN,
    'Administrator Role, permission for all operations on a specific Template',
    [...[...TEMPLATE, ...GIVE, ...SIDE], ...(['create_template', 'edit_admin_template_properties', 'access_image_storage'] as const)],
  ),
  role('UserTemplateBasedVm', 'def00009-0000-0000-0000-def000000009', USER_OF_ITSELF, 'Template User', ['create_vm']),
  role('QuotaConsumer', 'def0000a-0000-0000-0000-def00000000a', USER_OF_ITSELF, 'User Role, permissions to consume the Quota resources', [
    'consume_quota',
  ]),
  role('DiskOperator', 'def0000a-0000-0000-0000-def00000000b', USER, 'User Role, permissions for all operations on a specific disk', [
    ...DISK,
    ...GIVE,
    'login',
  ]),
  role('DiskCreator', 'def0000a-0000-0000-0000-def00000000c', USER_OF_ITSELF, 'User Role, permission to create Disks', [
    'create_disk',
    'login',
  ]),
  role('VmCreator', 'def0000a-0000-0000-0000-def00000000d', USER_OF_ITSELF, 'User Role, permission to create VMs', [
    'create_vm',
    'create_disk',
    'login',
  ]),
  role('TemplateCreator', 'def0000a-0000-0000-0000-def00000000e', USER_OF_ITSELF, 'User Role, permission to create Templates', [
    'create_template',
    'login',
  ]),
  role('TemplateOwner', 'def0000a-0000-0000-0000-def00000000f', USER, 'User Role, permissions for all operations on Templates', [
    ...TEMPLATE,
    ...GIVE,
    'login',
  ]),
  role('VnicProfileUser', 'def0000a-0000-0000-0000-def000000010', USER_OF_ITSELF, 'VM Network Interface Profile User', [
    'configure_vm_network',
    'configure_template_network',
    'login',
  ]),
  role('ExternalEventsCreator', 'def0000c-0000-0000-0000-def000000000', USER_OF_ITSELF, 'External Events Creator', [
    'inject_external_events',
    'login',
  ]),
  role('ExternalTasksCreator', 'def0000d-0000-0000-0000-def000000000', USER_OF_ITSELF, 'External Tasks Creator', [
    'inject_external_tasks',
    'login',
  ]),
  role('ReadOnlyAdmin', 'def0000c-0000-0000-0000-def00000000c', ADMIN, 'Read Only Administrator Role', ['login']),
  role('InstanceCreator', 'def00011-0000-0000-0000-def000000011', USER_OF_ITSELF, 'User Role, permission to create Instances', [
    'create_instance',
    'create_disk',
    'login',
  ]),
  role(
    'UserInstanceManager',
    'def00012-0000-0000-0000-def000000012',
    USER_OF_ITSELF,
    'User Role, with permission for any operation on Instances',
    [
      ...[...RUN, ...CONSOLE, ...DISK, ...GIVE],
      ...(['delete_vm', 'edit_vm_properties', 'change_vm_cd', 'configure_vm_storage', 'manipulate_vm_snapshots', 'login'] as const),
    ],
  ),
  role('TagManager', 'def00011-0000-0000-0000-def000000013', ADMIN_OF_ITSELF, 'Tag Manager', ['tag_management', 'login']),
  role('BookmarkManager', 'def00011-0000-0000-0000-def000000014', ADMIN_OF_ITSELF, 'Bookmark Manager', ['bookmark_management', 'login']),
  role('EventNotificationManager', 'def00011-0000-0000-0000-def000000015', ADMIN_OF_ITSELF, 'Event Notification Manager', [
    'event_notification_management',
    'login',
  ]),
  role('AuditLogManager', 'def00011-0000-0000-0000-def000000016', ADMIN_OF_ITSELF, 'Audit Log Manager', ['audit_log_management', 'login']),
  role(
    'MacPoolAdmin',
    'def00013-0000-0000-0000-def000000013',
    ADMIN,
    'MAC Pool Administrator Role, permission for manipulation with MAC pools',
    [...MAC_POOL, 'login'],
  ),
  role('MacPoolUser', 'def00014-0000-0000-0000-def000000014', USER, 'MAC Pool User Role, permission allowing using MAC pools', ['login']),
  role(
    'CpuProfileCreator',
    'def00016-0000-0000-0000-def000000016',
    ADMIN_OF_ITSELF,
    'Cpu Profile Creation/Deletion/Updating and Operation',
    [...CPU_PROFILE, 'login'],
  ),
  role('CpuProfileOperator', 'def00017-0000-0000-0000-def000000017', USER_OF_ITSELF, 'Cpu Profile Operation', [
    'assign_cpu_profile',
    'login',
  ]),
  role('DiskProfileUser', 'def00020-0000-0000-0000-abc000000010', USER_OF_ITSELF, 'Disk Profile User', ['attach_disk_profile', 'login']),
  role('UserProfileEditor', 'def00021-0000-0000-0000-def000000015', USER_OF_ITSELF, 'Role that allow users to edit the UserProfile', [
    'edit_profile',
  ]),
  role('VmImporterExporter', 'def00030-0000-0000-0000-def000000011', ADMIN, 'Administrator Role, with permission to import or export Vms', [
    'import_export_vm',
    'login',
  ]),
  role('UserRole', '00000000-0000-0000-0001-000000000001', USER, 'Standard User Role', [
    ...[...RUN, ...CONSOLE],
    ...(['change_vm_cd', 'vm_pool_basic_operations', 'access_image_storage', 'login'] as const),
  ]),
  role('PowerUserRole', '00000000-0000-0000-0001-000000000002', USER_OF_ITSELF, 'User Role, allowed to create VMs, Templates and Disks', [
    'create_vm',
    'create_template',
    'create_disk',
    'access_image_storage',
    'login',
  ]),
] as const;

const idOf = (name: string): string => PREDEFINED_ROLES.find((one) => one.name === name)?.id ?? '';

/** Everything, everywhere beneath its object. */
export const SUPER_USER_ROLE_ID = idOf('SuperUser');

/** What the creator of an object gets on it. */
export const CREATORS_ROLE = {
  disk: idOf('DiskOperator'),
  vm: idOf('UserVmManager'),
  template: idOf('TemplateOwner'),
  network: idOf('NetworkAdmin'),
  vnic_profile: idOf('NetworkAdmin'),
  quota: idOf('QuotaConsumer'),
  disk_profile: idOf('DiskProfileUser'),
  mac_pool: idOf('MacPoolAdmin'),
} as const;

/** What everybody gets on a profile that is there for all. */
export const EVERYBODYS_ROLE = { vnic_profile: idOf('VnicProfileUser'), disk_profile: idOf('DiskProfileUser') } as const;

/** What somebody gets on a VM of a pool as long as it is his. */
export const POOL_USERS_ROLE = idOf('UserRole');
