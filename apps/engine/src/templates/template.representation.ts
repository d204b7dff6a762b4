import type { Links, WireObject } from '@clinker/ovirt-api';
import { cpuProfileId } from '../cpu-profiles/cpu-profile.representation';
import { LARGE_ICON, SMALL_ICON } from '../fixed-collections/icons';
import { shownHighAvailability } from '../vms/high-availability.settings';
import type { Template, TemplateDisk, TemplateNic } from './template.entity';
import { linkedParts } from '../http/empty-collection';
import { withUnapplied } from '../http/unapplied.settings';
import { shownInitialization } from '../initialization/kept.initialization';
import { settingsOfTemplate } from './template.settings';

/** Sub-collections that are always empty here, by their path segment, with the element of each. */
export const emptyTemplateCollections: Readonly<Record<string, string>> = {
  cdroms: 'cdroms',
  graphicsconsoles: 'graphics_consoles',
  mediateddevices: 'vm_mediated_devices',
  watchdogs: 'watchdogs',
};

const SUB_COLLECTIONS = [...linkedParts(emptyTemplateCollections), 'diskattachments', 'nics', 'permissions', 'tags'].sort();

/** What is the same for all templates. */
const CONSTANTS: WireObject = {
  bios: { boot_menu: { enabled: false }, type: 'i440fx_sea_bios' },
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
  io: { threads: 1 },
  migration: { auto_converge: 'inherit', compressed: 'inherit' },
  migration_downtime: -1,
  multi_queues_enabled: true,
  origin: 'ovirt',
  placement_policy: { affinity: 'migratable' },
  sso: { methods: { method: [{ id: 'guest_agent' }] } },
  start_paused: false,
  stateless: false,
  storage_error_resume_behaviour: 'auto_resume',
  usb: { enabled: false },
};

function hardware(template: Template): WireObject {
  const { sockets, cores, threads, bootDevices, ...settings } = settingsOfTemplate(template);
  return {
    cpu: { architecture: template.clusterId === null ? 'undefined' : 'x86_64', topology: { cores, sockets, threads } },
    delete_protected: settings.deleteProtected,
    high_availability: shownHighAvailability(settings),
    memory: settings.memory,
    memory_policy: { guaranteed: settings.memoryGuaranteed, max: settings.memoryMax },
    os: {
      type: settings.osType,
      kernel: settings.osKernel,
      initrd: settings.osInitrd,
      cmdline: settings.osCmdline,
      boot: { devices: { device: bootDevices } },
    },
    type: settings.type,
  };
}

/** A template as oVirt shows it. */
export function templateRepresentation(template: Template, links: Links): WireObject {
  const identity = links.reference('templates', template.id);
  const shown = {
    ...identity,
    actions: links.actions(identity.href, ['export']),
    name: template.name,
    description: template.description,
    comment: template.comment,
    link: links.subCollections(identity.href, SUB_COLLECTIONS),
    ...CONSTANTS,
    ...hardware(template),
    cluster: template.clusterId === null ? undefined : links.reference('clusters', template.clusterId),
    cpu_profile: template.clusterId === null ? undefined : links.reference('cpuprofiles', cpuProfileId(template.clusterId)),
    creation_time: template.creationTime,
    initialization: shownInitialization(template.settings.initialization),
    large_icon: links.reference('icons', LARGE_ICON.id),
    small_icon: links.reference('icons', SMALL_ICON.id),
    status: template.status,
    version: {
      version_name: template.versionName,
      version_number: template.versionNumber,
      base_template: links.reference('templates', template.baseTemplateId),
    },
  };
  return withUnapplied(shown, template.settings.unapplied);
}

/** A disk of a template. Its id is the disk's. */
export function templateDiskRepresentation({ templateId, diskId, ...disk }: TemplateDisk, links: Links): WireObject {
  return {
    ...links.reference(`templates/${templateId}/diskattachments`, diskId),
    active: disk.plugged,
    bootable: disk.bootable,
    interface: disk.interface,
    pass_discard: disk.passDiscard,
    read_only: disk.readOnly,
    uses_scsi_reservation: false,
    disk: links.reference('disks', diskId),
    template: links.reference('templates', templateId),
  };
}

/** An interface of a template. */
export function templateNicRepresentation({ templateId, id, ...nic }: TemplateNic, links: Links): WireObject {
  return {
    ...links.reference(`templates/${templateId}/nics`, id),
    name: nic.name,
    interface: nic.interface,
    linked: nic.linked,
    plugged: nic.plugged,
    template: links.reference('templates', templateId),
    vnic_profile: nic.vnicProfileId === null ? undefined : links.reference('vnicprofiles', nic.vnicProfileId),
  };
}
