/** Compatibility levels of the 4.4 line that clients may name. */
export const CLUSTER_LEVELS = ['4.2', '4.3', '4.4', '4.5', '4.6'] as const;

/** A processor type of clusters; the greater its level, the more it can. */
export interface CpuType {
  readonly name: string;
  readonly level: number;
}

/** oVirt's processor types of x86_64. Guests get the host's processor whatever is chosen. */
export const CPU_TYPES: readonly CpuType[] = [
  { name: 'Intel Nehalem Family', level: 2 },
  { name: 'Secure Intel Nehalem Family', level: 3 },
  { name: 'Intel Westmere Family', level: 4 },
  { name: 'Secure Intel Westmere Family', level: 5 },
  { name: 'Intel SandyBridge Family', level: 6 },
  { name: 'Secure Intel SandyBridge Family', level: 7 },
  { name: 'Intel IvyBridge Family', level: 8 },
  { name: 'Secure Intel IvyBridge Family', level: 9 },
  { name: 'Intel Haswell Family', level: 10 },
  { name: 'Secure Intel Haswell Family', level: 11 },
  { name: 'Intel Broadwell Family', level: 12 },
  { name: 'Secure Intel Broadwell Family', level: 13 },
  { name: 'Intel Skylake Client Family', level: 14 },
  { name: 'Secure Intel Skylake Client Family', level: 15 },
  { name: 'Intel Skylake Server Family', level: 16 },
  { name: 'Secure Intel Skylake Server Family', level: 17 },
  { name: 'Intel Cascadelake Server Family', level: 18 },
  { name: 'Secure Intel Cascadelake Server Family', level: 19 },
  { name: 'Intel Icelake Server Family', level: 20 },
  { name: 'Secure Intel Icelake Server Family', level: 21 },
  { name: 'AMD Opteron G4', level: 2 },
  { name: 'AMD Opteron G5', level: 3 },
  { name: 'AMD EPYC', level: 4 },
  { name: 'Secure AMD EPYC', level: 5 },
];

/** A permit of which roles are made. */
export interface Permit {
  readonly id: string;
  readonly name: string;
  /** Only roles for administrators have it. */
  readonly administrative: boolean;
}

const USER = [
  [1, 'create_vm'],
  [2, 'delete_vm'],
  [3, 'edit_vm_properties'],
  [4, 'vm_basic_operations'],
  [5, 'change_vm_cd'],
  [6, 'migrate_vm'],
  [7, 'connect_to_vm'],
  [8, 'import_export_vm'],
  [9, 'configure_vm_network'],
  [10, 'configure_vm_storage'],
  [11, 'move_vm'],
  [12, 'manipulate_vm_snapshots'],
  [13, 'reconnect_to_vm'],
  [17, 'run_vm'],
  [18, 'shut_down_vm'],
  [19, 'stop_vm'],
  [20, 'hibernate_vm'],
  [21, 'reboot_vm'],
  [22, 'reset_vm'],
  [200, 'create_template'],
  [201, 'edit_template_properties'],
  [202, 'delete_template'],
  [203, 'copy_template'],
  [204, 'configure_template_network'],
  [303, 'vm_pool_basic_operations'],
  [502, 'manipulate_permissions'],
  [901, 'consume_quota'],
  [1100, 'create_disk'],
  [1101, 'attach_disk'],
  [1102, 'edit_disk_properties'],
  [1103, 'configure_disk_storage'],
  [1104, 'delete_disk'],
  [1106, 'disk_live_storage_migration'],
  [1300, 'login'],
] as const;

const ADMINISTRATOR = [
  [14, 'change_vm_custom_properties'],
  [16, 'edit_admin_vm_properties'],
  [100, 'create_host'],
  [101, 'edit_host_configuration'],
  [102, 'delete_host'],
  [103, 'manipulate_host'],
  [104, 'configure_host_network'],
  [205, 'edit_admin_template_properties'],
  [300, 'create_vm_pool'],
  [301, 'edit_vm_pool_configuration'],
  [302, 'delete_vm_pool'],
  [400, 'create_cluster'],
  [401, 'edit_cluster_configuration'],
  [402, 'delete_cluster'],
  [403, 'configure_cluster_network'],
  [404, 'assign_cluster_network'],
  [500, 'manipulate_users'],
  [501, 'manipulate_roles'],
  [503, 'add_users_and_groups_from_directory'],
  [600, 'create_storage_domain'],
  [601, 'edit_storage_domain_configuration'],
  [602, 'delete_storage_domain'],
  [603, 'manipulate_storage_domain'],
  [700, 'create_storage_pool'],
  [701, 'delete_storage_pool'],
  [702, 'edit_storage_pool_configuration'],
  [703, 'configure_storage_pool_network'],
  [800, 'configure_engine'],
  [900, 'configure_quota'],
  [1200, 'port_mirroring'],
  [1400, 'inject_external_events'],
  [1500, 'inject_external_tasks'],
  [1550, 'access_image_storage'],
  [1600, 'tag_management'],
  [1601, 'bookmark_management'],
  [1602, 'event_notification_management'],
  [1603, 'audit_log_management'],
] as const;

const permits = (rows: readonly (readonly [number, string])[], administrative: boolean): Permit[] =>
  rows.map(([id, name]) => ({ id: String(id), name, administrative }));

/** The permits, by oVirt's numbers and names. */
export const PERMITS: readonly Permit[] = [...permits(USER, false), ...permits(ADMINISTRATOR, true)];
