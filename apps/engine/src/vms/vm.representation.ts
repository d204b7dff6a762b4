import type { Links, WireObject } from '@clinker/ovirt-api';
import { displayAddress } from '../consoles/vm.display';
import { cpuProfileId } from '../cpu-profiles/cpu-profile.representation';
import { LARGE_ICON, SMALL_ICON } from '../fixed-collections/icons';
import { shownInitialization } from '../initialization/kept.initialization';
import { linkedParts } from '../http/empty-collection';
import { guestOperatingSystem, guestTimeZone } from './guest.representation';
import { shownHighAvailability } from './high-availability.settings';
import type { Vm } from './vm.entity';
import type { VmSettings } from './vm.settings';
import { remembering, rememberingList } from '../http/remembered.representation';
import { withUnapplied } from '../http/unapplied.settings';

/** Actions of oVirt's VMs; those that do not work say so. */
export const VM_ACTIONS = [
  'start',
  'stop',
  'shutdown',
  'clone',
  'autopincpuandnumanodes',
  'cancelmigration',
  'commitsnapshot',
  'detach',
  'export',
  'freezefilesystems',
  'logon',
  'maintenance',
  'migrate',
  'previewsnapshot',
  'reboot',
  'reordermacaddresses',
  'reset',
  'screenshot',
  'suspend',
  'thawfilesystems',
  'ticket',
  'undosnapshot',
] as const;

/** Sub-collections of a VM that are empty here, by their path segment, with the element of each. */
export const VM_PARTS = {
  affinitylabels: 'affinity_labels',
  applications: 'applications',
  backups: 'backups',
  checkpoints: 'checkpoints',
  hostdevices: 'host_devices',
  katelloerrata: 'katello_errata',
  mediateddevices: 'vm_mediated_devices',
  numanodes: 'vm_numa_nodes',
  sessions: 'sessions',
  watchdogs: 'watchdogs',
} as const;

const SUB_COLLECTIONS = [
  ...linkedParts(VM_PARTS),
  'cdroms',
  'diskattachments',
  'graphicsconsoles',
  'nics',
  'permissions',
  'reporteddevices',
  'snapshots',
  'statistics',
  'tags',
].sort();

/** What clients expect of every VM and what is the same for all of ours. */
const CONSTANTS = {
  bios: { boot_menu: { enabled: false }, type: 'q35_sea_bios' },
  console: { enabled: false },
  cpu_shares: 0,
  display: {
    allow_override: false,
    copy_paste_enabled: true,
    disconnect_action: 'LOCK_SCREEN',
    file_transfer_enabled: true,
    monitors: 1,
    single_qxl_pci: false,
    smartcard_enabled: false,
    type: 'vnc',
  },
  has_illegal_images: false,
  io: { threads: 0 },
  migration: { auto_converge: 'inherit', compressed: 'inherit' },
  migration_downtime: -1,
  multi_queues_enabled: true,
  numa_tune_mode: 'interleave',
  origin: 'ovirt',
  soundcard_enabled: false,
  sso: { methods: { method: [{ id: 'guest_agent' }] } },
  start_paused: false,
  storage_error_resume_behaviour: 'auto_resume',
  time_zone: { name: 'Etc/GMT' },
  usb: { enabled: false },
  use_latest_template_version: false,
  virtio_scsi: { enabled: true },
} satisfies WireObject;

/** The hardware of a VM, now or in a snapshot, and how available it is. */
export function systemRepresentation(vm: Omit<VmSettings, 'deleteProtected'>): WireObject {
  const { sockets, cores, threads } = vm;
  return {
    cpu: { architecture: 'x86_64', topology: { sockets, cores, threads } },
    high_availability: shownHighAvailability(vm),
    memory: vm.memory,
    memory_policy: { ballooning: true, guaranteed: vm.memoryGuaranteed, max: vm.memoryMax },
    os: { type: vm.osType, kernel: vm.osKernel, initrd: vm.osInitrd, cmdline: vm.osCmdline, boot: { devices: { device: vm.bootDevices } } },
  };
}

/** How a VM is, or would be, made: in a snapshot or a pool. It says nothing of what the VM does; UIs read it as they read a VM. */
export function configurationRepresentation(vm: Omit<VmSettings, 'deleteProtected'>): WireObject {
  const own = { description: vm.description, comment: vm.comment, stateless: false, type: vm.type };
  return withUnapplied(Object.assign(own, CONSTANTS, systemRepresentation(vm)), vm.unapplied);
}

/** How it is placed, but for the affinity that clients give. */
function placementPolicy(hostIds: readonly string[], links: Links): WireObject {
  const affinity = 'user_migratable';
  return hostIds.length === 0 ? { affinity } : { affinity, hosts: { host: hostIds.map((id) => links.reference('hosts', id)) } };
}

function references({ clusterId, templateId, hostId, vmPoolId, instanceTypeId, placementHostIds }: Vm, links: Links): WireObject {
  return {
    cluster: links.reference('clusters', clusterId),
    cpu_profile: links.reference('cpuprofiles', cpuProfileId(clusterId)),
    host: hostId ? links.reference('hosts', hostId) : undefined,
    instance_type: instanceTypeId ? links.reference('instancetypes', instanceTypeId) : undefined,
    large_icon: links.reference('icons', LARGE_ICON.id),
    original_template: links.reference('templates', templateId),
    placement_policy: placementPolicy(placementHostIds, links),
    small_icon: links.reference('icons', SMALL_ICON.id),
    template: links.reference('templates', templateId),
    vm_pool: vmPoolId ? links.reference('vmpools', vmPoolId) : undefined,
  };
}

const displayOf = (vm: Vm): typeof CONSTANTS.display => (vm.console ? { ...CONSTANTS.display, ...displayAddress(vm) } : CONSTANTS.display);

/** A VM as oVirt shows it. Members after a spread would make it many times slower, which shows in long lists. */
export const vmRepresentation = remembering((vm: Vm, links: Links): WireObject => {
  const { href, id } = links.reference('vms', vm.id);
  const own = {
    href,
    id,
    actions: links.actions(href, VM_ACTIONS),
    name: vm.name,
    description: vm.description,
    comment: vm.comment,
    link: links.subCollections(href, SUB_COLLECTIONS),
    creation_time: vm.creationTime,
    fqdn: vm.guest?.hostName || undefined,
    guest_operating_system: vm.guest?.os ? guestOperatingSystem(vm.guest.os) : undefined,
    guest_time_zone: vm.guest?.timeZone ? guestTimeZone(vm.guest.timeZone) : undefined,
    delete_protected: vm.deleteProtected,
    next_run_configuration_exists: vm.nextRun !== null,
    initialization: shownInitialization(vm.initialization),
    run_once: vm.runOnce !== null,
    start_time: vm.startTime,
    stateless: vm.stateless,
    status: vm.status,
    quota: vm.quotaId ? { id: vm.quotaId } : undefined,
    stop_reason: vm.stopReason || undefined,
    stop_time: vm.stopTime ?? vm.creationTime,
    type: vm.type,
  };
  const shown = Object.assign(own, CONSTANTS, systemRepresentation(vm), references(vm, links));
  shown.display = displayOf(vm);
  return withUnapplied(shown, vm.unapplied);
});

/** A list of VMs. */
export const vmListRepresentation = rememberingList('vms', vmRepresentation);
