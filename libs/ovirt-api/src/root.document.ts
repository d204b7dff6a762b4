import type { Links } from './links.builder';
import type { WireObject } from './wire.document';

/** How many objects there are, and how many of them are up. */
export interface ActiveTotal extends WireObject {
  active: number;
  total: number;
}

/** What `GET /api` tells about this engine and this user. */
export interface RootDocument {
  instanceId: string;
  time: Date;
  authenticatedUserId: string;
  effectiveUserId: string;
  /** Only for administrators whose request is not filtered. */
  summary?: { hosts: ActiveTotal; storage_domains: ActiveTotal; users: ActiveTotal; vms: ActiveTotal };
}

/** The API version that the engine announces: the last line of oVirt in which volume providers and managed block storage exist. */
export const API_VERSION = { build: 10, full_version: '4.4.10', major: 4, minor: 4, revision: 0 } as const;

/** Id of the Blank template and of the root tag. */
export const BLANK_ID = '00000000-0000-0000-0000-000000000000';

const SEARCHABLE = 'clusters datacenters hosts networks storagedomains templates instancetypes users groups vmpools vms disks';
const UNSEARCHABLE =
  'roles tags bookmarks icons domains jobs storageconnections vnicprofiles diskprofiles cpuprofiles schedulingpolicies ' +
  'schedulingpolicyunits permissions macpools networkfilters operatingsystems externalhostproviders openstackimageproviders ' +
  'openstackvolumeproviders openstacknetworkproviders katelloerrata affinitylabels clusterlevels imagetransfers externalvmimports ' +
  'externaltemplateimports';

function rootLinks(links: Links): WireObject[] {
  const searchable = SEARCHABLE.split(' ').flatMap((rel) => [
    { href: links.href(rel), rel },
    { href: `${links.href(rel)}?search={query}`, rel: `${rel}/search` },
  ]);
  const events = [
    { href: links.href('events'), rel: 'events' },
    { href: `${links.href('events')};from={event_id}?search={query}`, rel: 'events/search' },
  ];
  return [...searchable, ...events, ...UNSEARCHABLE.split(' ').map((rel) => ({ href: links.href(rel), rel }))];
}

/** The body of `<api>`, for `GET` on the prefix itself. */
export function apiRoot(links: Links, root: RootDocument): WireObject {
  return {
    link: rootLinks(links),
    product_info: { instance_id: root.instanceId, name: 'oVirt Engine', vendor: 'ovirt.org', version: { ...API_VERSION } },
    special_objects: { blank_template: links.reference('templates', BLANK_ID), root_tag: links.reference('tags', BLANK_ID) },
    summary: root.summary,
    time: root.time,
    authenticated_user: links.reference('users', root.authenticatedUserId),
    effective_user: links.reference('users', root.effectiveUserId),
  };
}
