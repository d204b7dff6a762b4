const user = (id: number) => ({ id, administrative: false }) as const;
const admin = (id: number) => ({ id, administrative: true }) as const;

/** oVirt's permits (its action groups) with their ids. An administrative one can only be in an administrative role. */
export const PERMITS = {
  create_vm: user(1),
  delete_vm: user(2),
  edit_vm_properties: user(3),
  change_vm_cd: user(5),
  migrate_vm: user(6),
  connect_to_vm: user(7),
  import_export_vm: admin(8),
  configure_vm_network: user(9),
  configure_vm_storage: user(10),
  move_vm: user(11),
  manipulate_vm_snapshots: user(12),
  reconnect_to_vm: user(13),
  change_vm_custom_properties: admin(14),
  edit_admin_vm_properties: admin(15),
  create_instance: user(16),
  reboot_vm: user(17),
  stop_vm: user(18),
  shut_down_vm: user(19),
  hibernate_vm: user(21),
  run_vm: user(22),
  reset_vm: user(23),
  create_host: admin(100),
  edit_host_configuration: admin(101),
  delete_host: admin(102),
  manipulate_host: admin(103),
  configure_host_network: admin(104),
  create_template: user(200),
  edit_template_properties: user(201),
  delete_template: user(202),
  copy_template: user(203),
  configure_template_network: user(204),
  edit_admin_template_properties: admin(205),
  create_vm_pool: user(300),
  edit_vm_pool_configuration: user(301),
  delete_vm_pool: user(302),
  vm_pool_basic_operations: user(303),
  create_cluster: admin(400),
  edit_cluster_configuration: admin(401),
  delete_cluster: admin(402),
  configure_cluster_network: admin(403),
  assign_cluster_network: admin(404),
  manipulate_users: admin(500),
  manipulate_roles: admin(501),
  manipulate_permissions: user(502),
  add_users_and_groups_from_directory: user(503),
  edit_profile: user(504),
  create_storage_domain: admin(600),
  edit_storage_domain_configuration: admin(601),
  delete_storage_domain: admin(602),
  manipulate_storage_domain: admin(603),
  create_storage_pool: admin(700),
  delete_storage_pool: admin(701),
  edit_storage_pool_configuration: admin(702),
  configure_storage_pool_network: admin(703),
  create_storage_pool_network: admin(704),
  delete_storage_pool_network: admin(705),
  configure_engine: admin(800),
  configure_quota: admin(900),
  consume_quota: user(901),
  create_gluster_volume: admin(1000),
  manipulate_gluster_volume: admin(1001),
  delete_gluster_volume: admin(1002),
  manipulate_gluster_hook: admin(1003),
  manipulate_gluster_service: admin(1004),
  create_disk: user(1100),
  attach_disk: user(1101),
  edit_disk_properties: user(1102),
  configure_disk_storage: user(1103),
  delete_disk: user(1104),
  configure_scsi_generic_io: admin(1105),
  access_image_storage: user(1106),
  disk_live_storage_migration: user(1107),
  sparsify_disk: user(1108),
  reduce_disk: admin(1109),
  backup_disk: admin(1110),
  configure_network_vnic_profile: admin(1203),
  create_network_vnic_profile: admin(1204),
  delete_network_vnic_profile: admin(1205),
  login: user(1300),
  tag_management: admin(1301),
  bookmark_management: admin(1302),
  event_notification_management: admin(1303),
  audit_log_management: admin(1304),
  inject_external_events: admin(1400),
  inject_external_tasks: admin(1500),
  manipulate_affinity_groups: admin(1550),
  configure_storage_disk_profile: admin(1560),
  create_storage_disk_profile: admin(1561),
  delete_storage_disk_profile: admin(1562),
  attach_disk_profile: user(1563),
  create_mac_pool: admin(1660),
  edit_mac_pool: admin(1661),
  delete_mac_pool: admin(1662),
  configure_mac_pool: admin(1663),
  connect_to_serial_console: user(1664),
  delete_cpu_profile: admin(1665),
  update_cpu_profile: admin(1666),
  create_cpu_profile: admin(1667),
  assign_cpu_profile: admin(1668),
} as const satisfies Record<string, { id: number; administrative: boolean }>;

/** What a role can allow. */
export type Permit = keyof typeof PERMITS;

/** All permits, by their ids. */
export const permitNames = Object.keys(PERMITS) as Permit[];

/** The permit that a client names by its name or its number. */
export const findPermit = ({ id, name }: { id?: string | undefined; name?: string | undefined }): Permit | undefined =>
  permitNames.find((permit) => (id === undefined ? permit === name?.toLowerCase() : String(PERMITS[permit].id) === id));

/** True if all of them may be in a role of users. */
export const areUserPermits = (permits: readonly Permit[]): boolean => permits.every((permit) => !PERMITS[permit].administrative);

/** Permits that in oVirt do not show what is beneath an object: who may create a disk in a domain does not see the others' disks. */
const SHOWS_NOTHING: readonly Permit[] = [
  ...(['create_vm', 'create_instance', 'create_template', 'create_vm_pool', 'create_disk', 'access_image_storage', 'login'] as const),
  ...(['inject_external_events', 'inject_external_tasks'] as const),
  ...(['tag_management', 'bookmark_management', 'event_notification_management', 'audit_log_management'] as const),
];

/** True if who has one of them on an object sees what is beneath it. */
export const showChildren = (permits: readonly Permit[]): boolean => permits.some((permit) => !SHOWS_NOTHING.includes(permit));

/** The order of permits in lists. */
export const byNumber = (a: Permit, b: Permit): number => PERMITS[a].id - PERMITS[b].id;
