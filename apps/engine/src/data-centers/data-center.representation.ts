import type { Links, WireObject } from '@clinker/ovirt-api';
import { withUnapplied } from '../http/unapplied.settings';
import { COMPATIBILITY_VERSION } from './compatibility.version';
import type { DataCenter } from './data-center.entity';

/** Sub-collections that are always empty here, by their path segment, with the element of each. */
export const emptyDataCenterCollections: Readonly<Record<string, string>> = {
  iscsibonds: 'iscsi_bonds',
};

const RELS = ['clusters', 'networks', 'permissions', 'qoss', 'quotas', 'storagedomains', ...Object.keys(emptyDataCenterCollections)];

/** A data center as oVirt shows it. It is always up: there is no master domain that could fail. */
export function dataCenterRepresentation(
  { id, name, description, comment, quotaMode, macPoolId, unapplied }: DataCenter,
  links: Links,
): WireObject {
  const identity = links.reference('datacenters', id);
  const shown = {
    ...identity,
    actions: links.actions(identity.href, ['cleanfinishedtasks', 'setmaster']),
    name,
    description,
    comment,
    link: links.subCollections(identity.href, RELS),
    local: false,
    quota_mode: quotaMode,
    status: 'up',
    storage_format: 'v5',
    supported_versions: { version: [{ ...COMPATIBILITY_VERSION }] },
    version: { ...COMPATIBILITY_VERSION },
    mac_pool: links.reference('macpools', macPoolId),
  };
  return withUnapplied(shown, unapplied);
}
