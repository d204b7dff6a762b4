/** Every route and what it demands, written down a second time: a change of it is a decision, not an accident. */
export const ROUTES = `
ALL /ovirt-engine/services/sso-logout: open
ALL /ovirt-engine/sso/oauth/token-info: open
ALL /ovirt-engine/sso/oauth/token: open
ALL /ovirt-engine/sso/status: open
DELETE /api/affinitylabels/:id: logged-in
DELETE /api/bookmarks/:id: needs bookmark_management on system
DELETE /api/clusters/:cluster/networks/:id: needs assign_cluster_network on cluster
DELETE /api/clusters/:id: needs delete_cluster on cluster
DELETE /api/datacenters/:dc/clusters/:id: needs delete_cluster on cluster
DELETE /api/datacenters/:dc/networks/:id: needs delete_storage_pool_network on network
DELETE /api/datacenters/:dc/qoss/:id: needs edit_storage_pool_configuration on data_center
DELETE /api/datacenters/:dc/quotas/:id: needs configure_quota on quota
DELETE /api/datacenters/:dc/quotas/:quota/quotaclusterlimits/:id: needs configure_quota on quota
DELETE /api/datacenters/:dc/quotas/:quota/quotastoragelimits/:id: needs configure_quota on quota
DELETE /api/datacenters/:dc/storagedomains/:id: needs manipulate_storage_domain on storage_domain
DELETE /api/datacenters/:id: needs delete_storage_pool on data_center
DELETE /api/datacenters/:object/permissions/:id: service checks manipulate_permissions
DELETE /api/diskprofiles/:id: needs delete_storage_disk_profile on disk_profile
DELETE /api/disks/:id: needs delete_disk on disk
DELETE /api/events/:id: needs audit_log_management on system
DELETE /api/groups/:id: needs manipulate_users on system
DELETE /api/hosts/:id: needs delete_host on host
DELETE /api/instancetypes/:id: needs delete_template on system
DELETE /api/macpools/:id: needs delete_mac_pool on mac_pool
DELETE /api/networks/:id: needs delete_storage_pool_network on network
DELETE /api/networks/:network/vnicprofiles/:id: needs delete_network_vnic_profile on vnic_profile
DELETE /api/openstackvolumeproviders/:id: needs create_storage_pool on system
DELETE /api/openstackvolumeproviders/:provider/authenticationkeys/:id: needs create_storage_pool on system
DELETE /api/permissions/:id: service checks manipulate_permissions
DELETE /api/roles/:id/permits/:permit: needs manipulate_roles on system
DELETE /api/roles/:id: needs manipulate_roles on system
DELETE /api/storagedomains/:domain/diskprofiles/:id: needs delete_storage_disk_profile on disk_profile
DELETE /api/storagedomains/:domain/disks/:id: needs delete_disk on disk
DELETE /api/storagedomains/:id/disksnapshots/:snapshot: service checks manipulate_vm_snapshots
DELETE /api/storagedomains/:id: needs delete_storage_domain on storage_domain
DELETE /api/tags/:id: needs tag_management on system
DELETE /api/templates/:id: needs delete_template on template
DELETE /api/users/:id/groups/:group: needs manipulate_users on system
DELETE /api/users/:id/permissions/:permission: service checks manipulate_permissions
DELETE /api/users/:id: needs manipulate_users on system
DELETE /api/users/:user/options/:id: service checks manipulate_users
DELETE /api/users/:user/sshpublickeys/:id: service checks manipulate_users
DELETE /api/vms/:id: needs delete_vm on vm
DELETE /api/vms/:owner/tags/:tag: needs tag_management on vm
DELETE /api/vms/:vm/diskattachments/:id: needs configure_vm_storage on vm
DELETE /api/vms/:vm/nics/:id: needs configure_vm_network on vm
DELETE /api/vms/:vm/snapshots/:id: needs manipulate_vm_snapshots on vm
DELETE /api/vnicprofiles/:id: needs delete_network_vnic_profile on vnic_profile
GET /api/affinitylabels/:id/balances: logged-in
GET /api/affinitylabels/:id: logged-in
GET /api/affinitylabels: logged-in
GET /api/bookmarks/:id: logged-in
GET /api/bookmarks: logged-in
GET /api/clinker/leftovers/:id: administrators
GET /api/clinker/leftovers: administrators
GET /api/clusterlevels/:level/clusterfeatures: logged-in
GET /api/clusterlevels/:level: logged-in
GET /api/clusterlevels: logged-in
GET /api/clusters/:cluster/cpuprofiles/:id: reads cpu_profile
GET /api/clusters/:cluster/cpuprofiles: lists cpu_profile of cluster
GET /api/clusters/:cluster/networks/:id: reads network
GET /api/clusters/:cluster/networks: lists network of cluster
GET /api/clusters/:id: reads cluster
GET /api/clusters: lists cluster
GET /api/cpuprofiles/:id: reads cpu_profile
GET /api/cpuprofiles: lists cpu_profile
GET /api/datacenters/:dc/clusters/:id: reads cluster
GET /api/datacenters/:dc/clusters: lists cluster
GET /api/datacenters/:dc/networks/:id/networklabels: reads network
GET /api/datacenters/:dc/networks/:id: reads network
GET /api/datacenters/:dc/networks: lists network of data_center
GET /api/datacenters/:dc/qoss/:id: reads data_center
GET /api/datacenters/:dc/qoss: reads data_center
GET /api/datacenters/:dc/quotas/:id: reads quota
GET /api/datacenters/:dc/quotas/:quota/quotaclusterlimits/:id: reads quota
GET /api/datacenters/:dc/quotas/:quota/quotaclusterlimits: reads quota
GET /api/datacenters/:dc/quotas/:quota/quotastoragelimits/:id: reads quota
GET /api/datacenters/:dc/quotas/:quota/quotastoragelimits: reads quota
GET /api/datacenters/:dc/quotas: lists quota of data_center
GET /api/datacenters/:dc/storagedomains/:id: reads storage_domain
GET /api/datacenters/:dc/storagedomains: lists storage_domain
GET /api/datacenters/:id/iscsibonds: reads data_center
GET /api/datacenters/:id: reads data_center
GET /api/datacenters/:object/permissions/:id: reads-place
GET /api/datacenters/:object/permissions: reads-place
GET /api/datacenters: lists data_center
GET /api/diskprofiles/:id: reads disk_profile
GET /api/diskprofiles: lists disk_profile
GET /api/disks/:id/disksnapshots/:snapshot: reads disk
GET /api/disks/:id/disksnapshots: reads disk
GET /api/disks/:id/statistics/:statistic: reads disk
GET /api/disks/:id/statistics: reads disk
GET /api/disks/:id: reads disk
GET /api/disks: lists disk
GET /api/domains/:domain/groups/:id: administrators
GET /api/domains/:domain/groups: administrators
GET /api/domains/:domain/users/:id: administrators
GET /api/domains/:domain/users: administrators
GET /api/domains/:domain: logged-in
GET /api/domains: logged-in
GET /api/events/:id: reads event
GET /api/events: lists event
GET /api/groups/:id/permissions/:permission: administrators
GET /api/groups/:id/permissions: administrators
GET /api/groups/:id/roles: administrators
GET /api/groups/:id/tags: administrators
GET /api/groups/:id: logged-in
GET /api/groups: administrators
GET /api/hosts/:id/affinitylabels: reads host
GET /api/hosts/:id/statistics/:statistic: reads host
GET /api/hosts/:id/statistics: reads host
GET /api/hosts/:id: reads host
GET /api/hosts: lists host
GET /api/instancetypes/:id/graphicsconsoles: logged-in
GET /api/instancetypes/:id: logged-in
GET /api/instancetypes: logged-in
GET /api/jobs/:id/steps/:step/statistics: reads job
GET /api/jobs/:id/steps/:step: reads job
GET /api/jobs/:id/steps: reads job
GET /api/jobs/:id: reads job
GET /api/jobs: lists job
GET /api/macpools/:id: reads mac_pool
GET /api/macpools: lists mac_pool
GET /api/networks/:id/networklabels: reads network
GET /api/networks/:id: reads network
GET /api/networks/:network/vnicprofiles/:id: reads vnic_profile
GET /api/networks/:network/vnicprofiles: lists vnic_profile of network
GET /api/networks: lists network
GET /api/openapi.json: open
GET /api/openstackvolumeproviders/:id/certificates/:certificate: administrators
GET /api/openstackvolumeproviders/:id/certificates: administrators
GET /api/openstackvolumeproviders/:id: administrators
GET /api/openstackvolumeproviders/:provider/authenticationkeys/:id: administrators
GET /api/openstackvolumeproviders/:provider/authenticationkeys: administrators
GET /api/openstackvolumeproviders/:provider/volumetypes/:id: administrators
GET /api/openstackvolumeproviders/:provider/volumetypes: administrators
GET /api/openstackvolumeproviders: administrators
GET /api/operatingsystems/:id: logged-in
GET /api/operatingsystems: logged-in
GET /api/options/:name: logged-in
GET /api/permissions/:id: logged-in
GET /api/permissions: logged-in
GET /api/roles/:id/permits/:permit: logged-in
GET /api/roles/:id/permits: logged-in
GET /api/roles/:id: logged-in
GET /api/roles: logged-in
GET /api/storagedomains/:domain/diskprofiles/:id: reads disk_profile
GET /api/storagedomains/:domain/diskprofiles: lists disk_profile of storage_domain
GET /api/storagedomains/:domain/disks/:id: reads disk
GET /api/storagedomains/:domain/disks: lists disk
GET /api/storagedomains/:id/disksnapshots/:snapshot: reads storage_domain
GET /api/storagedomains/:id/disksnapshots: reads storage_domain
GET /api/storagedomains/:id/files: reads storage_domain
GET /api/storagedomains/:id: reads storage_domain
GET /api/storagedomains: lists storage_domain
GET /api/tags/:id: logged-in
GET /api/tags: logged-in
GET /api/templates/:id/cdroms: reads template
GET /api/templates/:id: reads template
GET /api/templates/:template/diskattachments/:id: reads template
GET /api/templates/:template/diskattachments: reads template
GET /api/templates/:template/nics/:id: reads template
GET /api/templates/:template/nics: reads template
GET /api/templates: lists template
GET /api/users/:id/groups/:group: reads user
GET /api/users/:id/eventsubscriptions: reads user
GET /api/users/:id/groups: reads user
GET /api/users/:id/permissions/:permission: reads user
GET /api/users/:id/permissions: reads user
GET /api/users/:id/roles/:role/permits/:permit: administrators
GET /api/users/:id/roles/:role/permits: administrators
GET /api/users/:id/roles/:role: administrators
GET /api/users/:id/roles: reads user
GET /api/users/:id: reads user
GET /api/users/:user/options/:id: reads user
GET /api/users/:user/options: reads user
GET /api/users/:user/sshpublickeys/:id: reads user
GET /api/users/:user/sshpublickeys: reads user
GET /api/users: lists user
GET /api/vms/:id/affinitylabels: reads vm
GET /api/vms/:id: reads vm
GET /api/vms/:owner/tags/:tag: reads-place
GET /api/vms/:owner/tags: reads-place
GET /api/vms/:vm/cdroms/:id: reads vm
GET /api/vms/:vm/cdroms: reads vm
GET /api/vms/:vm/diskattachments/:id: reads vm
GET /api/vms/:vm/diskattachments: reads vm
GET /api/vms/:vm/nics/:id/networkfilterparameters: reads vm
GET /api/vms/:vm/nics/:id: reads vm
GET /api/vms/:vm/nics/:nic/reporteddevices/:id: reads vm
GET /api/vms/:vm/nics/:nic/reporteddevices: reads vm
GET /api/vms/:vm/nics: reads vm
GET /api/vms/:vm/reporteddevices/:id: reads vm
GET /api/vms/:vm/reporteddevices: reads vm
GET /api/vms/:vm/snapshots/:id/cdroms: reads vm
GET /api/vms/:vm/snapshots/:id/disks/:disk: reads vm
GET /api/vms/:vm/snapshots/:id/disks: reads vm
GET /api/vms/:vm/snapshots/:id/nics/:nic: reads vm
GET /api/vms/:vm/snapshots/:id/nics: reads vm
GET /api/vms/:vm/snapshots/:id: reads vm
GET /api/vms/:vm/snapshots: reads vm
GET /api/vms/:vm/statistics/:id: reads vm
GET /api/vms/:vm/statistics: reads vm
GET /api/vms: lists vm
GET /api/vnicprofiles/:id: reads vnic_profile
GET /api/vnicprofiles: lists vnic_profile
GET /api: logged-in
GET /ovirt-engine/apidoc: open
GET /ovirt-engine/services/health: open
GET /ovirt-engine/services/pki-resource: open
GET /ovirt-engine/sso/oauth/authorize: open
GET /ovirt-engine/sso/oauth/callback: open
POST /api/affinitylabels/:id/:action: logged-in
POST /api/affinitylabels: logged-in
POST /api/bookmarks: needs bookmark_management on system
POST /api/clinker/jobs/:id/retry: needs inject_external_tasks on system
POST /api/clinker/leftovers/:id/cleanup: needs manipulate_storage_domain on system
POST /api/clusters/:cluster/cpuprofiles: reads cluster
POST /api/clusters/:cluster/networks: needs assign_cluster_network on cluster
POST /api/clusters/:id/resetemulatedmachine: reads cluster
POST /api/clusters: service checks create_cluster
POST /api/cpuprofiles: logged-in
POST /api/datacenters/:dc/clusters: needs create_cluster on data_center
POST /api/datacenters/:dc/networks: needs create_storage_pool_network on data_center
POST /api/datacenters/:dc/qoss: needs edit_storage_pool_configuration on data_center
POST /api/datacenters/:dc/quotas/:quota/quotaclusterlimits: needs configure_quota on quota
POST /api/datacenters/:dc/quotas/:quota/quotastoragelimits: needs configure_quota on quota
POST /api/datacenters/:dc/quotas: needs configure_quota on data_center
POST /api/datacenters/:dc/storagedomains/:id/activate: needs manipulate_storage_domain on storage_domain
POST /api/datacenters/:dc/storagedomains/:id/deactivate: needs manipulate_storage_domain on storage_domain
POST /api/datacenters/:dc/storagedomains: needs manipulate_storage_domain on data_center
POST /api/datacenters/:id/cleanfinishedtasks: needs edit_storage_pool_configuration on data_center
POST /api/datacenters/:id/setmaster: reads data_center
POST /api/datacenters/:object/permissions: service checks manipulate_permissions
POST /api/datacenters: needs create_storage_pool on system
POST /api/diskprofiles: service checks create_storage_disk_profile
POST /api/disks/:id/convert: reads disk
POST /api/disks/:id/copy: needs configure_disk_storage on disk
POST /api/disks/:id/move: needs configure_disk_storage on disk
POST /api/disks: service checks create_disk
POST /api/events/undelete: needs audit_log_management on system
POST /api/events: needs inject_external_events on system
POST /api/groups: needs manipulate_users on system
POST /api/hosts/:id/activate: needs manipulate_host on host
POST /api/hosts/:id/approve: reads host
POST /api/hosts/:id/deactivate: needs manipulate_host on host
POST /api/hosts/:id/fence: needs manipulate_host on host
POST /api/hosts: needs create_host on system
POST /api/instancetypes: needs create_template on system
POST /api/jobs/:id/clear: needs inject_external_tasks on system
POST /api/jobs/:id/end: needs inject_external_tasks on system
POST /api/jobs/:id/steps/:step/end: needs inject_external_tasks on system
POST /api/jobs/:id/steps: needs inject_external_tasks on system
POST /api/jobs: needs inject_external_tasks on system
POST /api/macpools: needs create_mac_pool on system
POST /api/networks/:network/vnicprofiles: needs create_network_vnic_profile on network
POST /api/networks: service checks create_storage_pool_network
POST /api/openstackvolumeproviders/:id/importcertificates: needs create_storage_pool on system
POST /api/openstackvolumeproviders/:id/testconnectivity: needs create_storage_pool on system
POST /api/openstackvolumeproviders/:provider/authenticationkeys: needs create_storage_pool on system
POST /api/openstackvolumeproviders: needs create_storage_pool on system
POST /api/permissions: service checks manipulate_permissions
POST /api/roles/:id/permits: needs manipulate_roles on system
POST /api/roles: needs manipulate_roles on system
POST /api/storagedomains/:domain/diskprofiles: needs create_storage_disk_profile on storage_domain
POST /api/storagedomains/:domain/disks/:id/convert: reads disk
POST /api/storagedomains/:domain/disks/:id/register: needs create_disk on storage_domain
POST /api/storagedomains/:domain/disks: needs create_disk on storage_domain
POST /api/storagedomains/:id/isattached: reads storage_domain
POST /api/storagedomains/:id/reduceluns: reads storage_domain
POST /api/storagedomains: needs create_storage_domain on system
POST /api/tags: needs tag_management on system
POST /api/templates/:id/export: reads template
POST /api/vmpools/:id/allocatevm: needs vm_pool_basic_operations on vm_pool
POST /api/vmpools: service checks create_vm_pool
GET /api/vmpools/:id: reads vm_pool
GET /api/vmpools: lists vm_pool
PUT /api/datacenters/:dc/clusters/:id: needs edit_cluster_configuration on cluster
PUT /api/vmpools/:id: needs edit_vm_pool_configuration on vm_pool
DELETE /api/vmpools/:id: needs delete_vm_pool on vm_pool
POST /api/templates: service checks create_template
POST /api/users/:id/groups: needs manipulate_users on system
POST /api/users/:id/permissions: service checks manipulate_permissions
POST /api/users/:user/options: service checks manipulate_users
POST /api/users/:user/sshpublickeys: service checks manipulate_users
POST /api/users: needs manipulate_users on system
POST /api/vms/:id/autopincpuandnumanodes: reads vm
POST /api/vms/:id/clone: service checks create_vm, create_disk
POST /api/vms/:id/commitsnapshot: needs manipulate_vm_snapshots on vm
POST /api/vms/:id/detach: service checks edit_vm_pool_configuration
POST /api/vms/:id/previewsnapshot: needs manipulate_vm_snapshots on vm
POST /api/vms/:id/reboot: needs reboot_vm on vm
POST /api/vms/:id/reset: needs reset_vm on vm
POST /api/vms/:id/shutdown: needs shut_down_vm on vm
POST /api/vms/:id/start: needs run_vm on vm
POST /api/vms/:id/stop: needs stop_vm on vm
POST /api/vms/:id/suspend: needs hibernate_vm on vm
POST /api/vms/:id/undosnapshot: needs manipulate_vm_snapshots on vm
POST /api/vms/:owner/tags: needs tag_management on vm
POST /api/vms/:vm/cdroms: reads vm
POST /api/vms/:vm/diskattachments: needs configure_vm_storage on vm
POST /api/vms/:vm/nics/:id/activate: needs configure_vm_network on vm
POST /api/vms/:vm/nics/:id/deactivate: needs configure_vm_network on vm
POST /api/vms/:vm/nics: needs configure_vm_network on vm
POST /api/vms/:vm/snapshots/:id/restore: needs manipulate_vm_snapshots on vm
POST /api/vms/:vm/snapshots: needs manipulate_vm_snapshots on vm
POST /api/vms: service checks create_vm
POST /api/vnicprofiles: service checks create_network_vnic_profile
PUT /api/affinitylabels/:id: logged-in
PUT /api/bookmarks/:id: needs bookmark_management on system
PUT /api/clusters/:cluster/networks/:id: needs assign_cluster_network on cluster
PUT /api/clusters/:id: needs edit_cluster_configuration on cluster
PUT /api/datacenters/:dc/networks/:id: needs configure_storage_pool_network on network
DELETE /api/cpuprofiles/:id: reads cpu_profile
PUT /api/cpuprofiles/:id: reads cpu_profile
DELETE /api/templates/:template/nics/:id: needs configure_template_network on template
PUT /api/templates/:template/nics/:id: needs configure_template_network on template
POST /api/templates/:template/nics: needs configure_template_network on template
PUT /api/datacenters/:dc/qoss/:id: needs edit_storage_pool_configuration on data_center
PUT /api/datacenters/:dc/quotas/:id: needs configure_quota on quota
PUT /api/datacenters/:id: needs edit_storage_pool_configuration on data_center
PUT /api/diskprofiles/:id: needs configure_storage_disk_profile on disk_profile
PUT /api/disks/:id: needs edit_disk_properties on disk
PUT /api/hosts/:id: needs edit_host_configuration on host
PUT /api/instancetypes/:id: needs edit_template_properties on system
PUT /api/macpools/:id: needs edit_mac_pool on mac_pool
PUT /api/networks/:id: needs configure_storage_pool_network on network
PUT /api/openstackvolumeproviders/:id: needs create_storage_pool on system
PUT /api/openstackvolumeproviders/:provider/authenticationkeys/:id: needs create_storage_pool on system
PUT /api/roles/:id: needs manipulate_roles on system
PUT /api/storagedomains/:domain/disks/:id: needs edit_disk_properties on disk
PUT /api/storagedomains/:id: needs edit_storage_domain_configuration on storage_domain
PUT /api/tags/:id: needs tag_management on system
PUT /api/templates/:id: needs edit_template_properties on template
PUT /api/users/:id: needs manipulate_users on system
PUT /api/users/:user/sshpublickeys/:id: service checks manipulate_users
PUT /api/vms/:id: needs edit_vm_properties on vm
PUT /api/vms/:vm/cdroms/:id: needs change_vm_cd on vm
PUT /api/vms/:vm/diskattachments/:id: needs configure_vm_storage on vm
PUT /api/vms/:vm/nics/:id: needs configure_vm_network on vm
PUT /api/vnicprofiles/:id: needs configure_network_vnic_profile on vnic_profile
DELETE /api/vms/:vm/graphicsconsoles/:id: needs edit_vm_properties on vm
GET /api/vms/:vm/graphicsconsoles/:id: reads vm
GET /api/vms/:vm/graphicsconsoles: reads vm
POST /api/vms/:vm/graphicsconsoles/:id/proxyticket: reads vm
POST /api/vms/:vm/graphicsconsoles/:id/remoteviewerconnectionfile: needs connect_to_vm on vm
POST /api/vms/:vm/graphicsconsoles/:id/ticket: needs connect_to_vm on vm
POST /api/vms/:vm/ticket: needs connect_to_vm on vm
POST /api/vms/:vm/graphicsconsoles: needs edit_vm_properties on vm
DELETE /api/clusters/:cluster/affinitygroups/:group/hosts/:id: needs manipulate_affinity_groups on cluster
DELETE /api/clusters/:cluster/affinitygroups/:group/vms/:id: needs manipulate_affinity_groups on cluster
DELETE /api/clusters/:cluster/affinitygroups/:id: needs manipulate_affinity_groups on cluster
DELETE /api/clusters/:id/affinitygroups/:group/hostlabels/:absent: reads-place
DELETE /api/templates/:template/diskattachments/:id: needs edit_template_properties on template
GET /api/clusters/:cluster/affinitygroups/:group/hosts: reads cluster
GET /api/clusters/:cluster/affinitygroups/:group/vms: reads cluster
GET /api/clusters/:cluster/affinitygroups/:id/hostlabels: reads cluster
GET /api/clusters/:cluster/affinitygroups/:id: reads cluster
GET /api/clusters/:cluster/affinitygroups: reads cluster
GET /api/clusters/:id/affinitygroups/:group/hostlabels/:absent: reads-place
GET /api/clusters/:id/enabledfeatures: reads cluster
POST /api/clusters/:cluster/affinitygroups/:group/hosts: needs manipulate_affinity_groups on cluster
POST /api/clusters/:cluster/affinitygroups/:group/vms: needs manipulate_affinity_groups on cluster
POST /api/clusters/:cluster/affinitygroups: needs manipulate_affinity_groups on cluster
POST /api/clusters/:id/affinitygroups/:group/hostlabels: reads-place
PUT /api/clusters/:cluster/affinitygroups/:id: needs manipulate_affinity_groups on cluster
PUT /api/clusters/:id/affinitygroups/:group/hostlabels/:absent: reads-place
`;
