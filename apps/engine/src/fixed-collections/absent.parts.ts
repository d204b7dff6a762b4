import { NotFoundError } from '../errors/domain.errors';
import { FIXED_PLACEMENT, PLACED_BY_GROUPS } from './fixed.collections';

/** What oVirt's objects have and ours have nothing of. Where such a collection is listed it is empty; nothing can be added to it. */
export interface AbsentPart {
  /** How messages call one of its objects. */
  readonly type: string;
  /** Why none can be added, for who tries to. */
  readonly reason: string;
}

const part = (type: string, reason: string): AbsentPart => ({ type, reason });

const HOST_NETWORKS = "A host's networks are set up by its administrator, see docs/networks.md.";
const CINDER_ONLY = 'All storage comes from Cinder.';
const NO_GLUSTER = 'Clinker knows nothing of Gluster.';
const NO_DEVICE = 'VMs have disks, interfaces, consoles, a CD drive and a random number generator, and no other devices.';

const label = part('Affinity Label', PLACED_BY_GROUPS);
const console = part('Graphics Console', 'Consoles are those of each VM.');
const watchdog = part('Watchdog', NO_DEVICE);
const mediated = part('Mediated Device', NO_DEVICE);
const statistic = part('Statistic', 'Statistics are measured.');
const nic = part('Network Interface', 'Interfaces are added to VMs and templates.');
const tag = part('Tag', 'Tags are given to VMs, hosts, templates and users.');
const erratum = part('Erratum', 'Clinker knows no providers but those of volumes.');
const subscription = part('Event Subscription', 'Events are not sent by mail. They can be read at /events.');

/** By the path of the collection below the API, with `:id` and the like for the objects above it. */
export const ABSENT_PARTS: Readonly<Record<string, AbsentPart>> = {
  'clusters/:id/affinitygroups/:group/hostlabels': label,
  'clusters/:id/affinitygroups/:group/vmlabels': label,
  'clusters/:id/enabledfeatures': part('Cluster Feature', 'Clusters have no features that can be chosen.'),
  'clusters/:id/externalnetworkproviders': part('Provider', 'Clinker knows no providers but those of volumes.'),
  'clusters/:id/glusterhooks': part('Gluster Hook', NO_GLUSTER),
  'clusters/:id/glustervolumes': part('Gluster Volume', NO_GLUSTER),
  'datacenters/:id/iscsibonds': part('iSCSI Bond', CINDER_ONLY),
  'groups/:id/tags': tag,
  'hosts/:id/affinitylabels': label,
  'hosts/:id/devices': part('Host Device', 'Devices of hosts are not given to VMs.'),
  'hosts/:id/externalnetworkproviderconfigurations': part('Provider', 'Clinker knows no providers but those of volumes.'),
  'hosts/:id/fenceagents': part(
    'Fence Agent',
    'Clinker does not switch hosts off and on. Confirm that a host was rebooted by its action fence.',
  ),
  'hosts/:id/hooks': part('Hook', 'Hosts run no hooks.'),
  'hosts/:id/katelloerrata': erratum,
  'hosts/:id/networkattachments': part('Network Attachment', HOST_NETWORKS),
  'hosts/:id/nics': part('Host NIC', HOST_NETWORKS),
  'hosts/:id/numanodes': part('NUMA Node', 'NUMA nodes of hosts are not shown.'),
  'hosts/:id/storage': part('Host Storage', CINDER_ONLY),
  'hosts/:id/storageconnectionextensions': part('Storage Connection Extension', CINDER_ONLY),
  'hosts/:id/unmanagednetworks': part('Unmanaged Network', HOST_NETWORKS),
  'instancetypes/:id/graphicsconsoles': console,
  'instancetypes/:id/nics': nic,
  'instancetypes/:id/watchdogs': watchdog,
  'jobs/:id/steps/:step/statistics': statistic,
  'networks/:id/networklabels': part('Network Label', HOST_NETWORKS),
  'schedulingpolicies/:id/balances': part('Balance', FIXED_PLACEMENT),
  'schedulingpolicies/:id/filters': part('Filter', FIXED_PLACEMENT),
  'schedulingpolicies/:id/weights': part('Weight', FIXED_PLACEMENT),
  'storagedomains/:id/files': part('File', 'There are no images of CDs.'),
  'storagedomains/:id/images': part('Image', CINDER_ONLY),
  'storagedomains/:id/storageconnections': part('Storage Connection', CINDER_ONLY),
  'storagedomains/:id/templates': part('Template', 'Domains keep no descriptions of templates.'),
  'storagedomains/:id/vms': part('VM', 'Domains keep no descriptions of VMs.'),
  'templates/:id/cdroms': part('CD-ROM', 'There are no images of CDs.'),
  'templates/:id/graphicsconsoles': console,
  'templates/:id/mediateddevices': mediated,
  'templates/:id/watchdogs': watchdog,
  'users/:id/eventsubscriptions': subscription,
  'vms/:id/affinitylabels': label,
  'vms/:id/applications': part('Application', "Applications are those that a guest's agent reports."),
  'vms/:id/backups': part('Backup', 'Backups are made by Cinder.'),
  'vms/:id/checkpoints': part('Checkpoint', 'Backups are made by Cinder.'),
  'vms/:id/hostdevices': part('Host Device', 'Devices of hosts are not given to VMs.'),
  'vms/:id/katelloerrata': erratum,
  'vms/:id/mediateddevices': mediated,
  'vms/:id/nics/:nic/networkfilterparameters': part('Network Filter Parameter', 'Filters of networks have no parameters.'),
  'vms/:id/nics/:nic/statistics': statistic,
  'vms/:id/numanodes': part('NUMA Node', 'VMs have one NUMA node, which is not shown.'),
  'vms/:id/sessions': part('Session', "Sessions are those that a guest's agent reports."),
  'vms/:id/snapshots/:snapshot/cdroms': part('CD-ROM', 'There are no images of CDs.'),
  'vms/:id/watchdogs': watchdog,
};

/** The part that an address names, with or without the id of one of its objects behind it. The routes are those of the table. */
export function absentPartAt(path: string): AbsentPart {
  const segments = path.split('/').filter(Boolean);
  const names = (pattern: string): boolean => {
    const wanted = pattern.split('/');
    return segments.length - wanted.length <= 1 && wanted.every((name, at) => name.startsWith(':') || name === segments[at]);
  };
  const found = Object.entries(ABSENT_PARTS).find(([pattern]) => names(pattern));
  if (!found) throw new NotFoundError('Collection', segments.at(-1) ?? '');
  return found[1];
}
