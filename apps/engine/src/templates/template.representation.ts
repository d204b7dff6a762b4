import type { Links, WireObject } from '@clinker/ovirt-api';
import { LARGE_ICON, SMALL_ICON } from '../fixed-collections/icons';
import { BLANK_TEMPLATE_ID, type Template } from './template.entity';

/** Sub-collections that are always empty here, by their path segment, with the element of each. */
export const emptyTemplateCollections: Readonly<Record<string, string>> = {
  cdroms: 'cdroms',
  diskattachments: 'disk_attachments',
  graphicsconsoles: 'graphics_consoles',
  nics: 'nics',
  permissions: 'permissions',
  watchdogs: 'watchdogs',
};

const GIB = 2 ** 30;

/** What a VM gets that is made from Blank and says nothing itself. Sizes in bytes. */
const BLANK: WireObject = {
  bios: { boot_menu: { enabled: false }, type: 'i440fx_sea_bios' },
  cpu: { architecture: 'undefined', topology: { cores: 1, sockets: 1, threads: 1 } },
  cpu_shares: 0,
  delete_protected: false,
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
  high_availability: { enabled: false, priority: 0 },
  io: { threads: 1 },
  memory: GIB,
  memory_policy: { guaranteed: GIB, max: 4 * GIB },
  migration: { auto_converge: 'inherit', compressed: 'inherit' },
  migration_downtime: -1,
  multi_queues_enabled: true,
  origin: 'ovirt',
  os: { boot: { devices: { device: ['hd'] } }, type: 'other' },
  placement_policy: { affinity: 'migratable' },
  sso: { methods: { method: [{ id: 'guest_agent' }] } },
  start_paused: false,
  stateless: false,
  storage_error_resume_behaviour: 'auto_resume',
  type: 'server',
  usb: { enabled: false },
};

/** A template as oVirt shows it. */
export function templateRepresentation(template: Template, links: Links): WireObject {
  const identity = links.reference('templates', template.id);
  return {
    ...identity,
    actions: links.actions(identity.href, ['export']),
    name: template.name,
    description: template.description,
    comment: template.comment,
    link: links.subCollections(identity.href, [...Object.keys(emptyTemplateCollections), 'tags']),
    ...BLANK,
    creation_time: template.creationTime,
    large_icon: links.reference('icons', LARGE_ICON.id),
    small_icon: links.reference('icons', SMALL_ICON.id),
    status: template.status,
    version: { version_name: '', version_number: 0, base_template: links.reference('templates', BLANK_TEMPLATE_ID) },
  };
}
