import type { Links, WireObject } from '@clinker/ovirt-api';
import type { AffinityGroup } from './affinity-group.entity';

/** Sub-collections that are always empty here, by their path segment, with the element of each. */
export const emptyAffinityGroupCollections: Readonly<Record<string, string>> = {
  hostlabels: 'affinity_labels',
  vmlabels: 'affinity_labels',
};

const SUB_COLLECTIONS = [...Object.keys(emptyAffinityGroupCollections), 'hosts', 'vms'].sort();

/** A group with whether its rules hold now. */
export type AffinityGroupView = AffinityGroup & { readonly broken: boolean };

/** A VM or host of a group. */
export interface AffinityMember {
  readonly groupId: string;
  readonly id: string;
  readonly name: string;
}

/** A group as oVirt shows it. */
export function affinityGroupRepresentation(group: AffinityGroupView, links: Links): WireObject {
  const identity = links.reference(`clusters/${group.clusterId}/affinitygroups`, group.id);
  return {
    ...identity,
    name: group.name,
    description: group.description,
    link: links.subCollections(identity.href, SUB_COLLECTIONS),
    broken: group.broken,
    enforcing: group.vmsRule.enforcing,
    hosts_rule: { ...group.hostsRule },
    positive: group.vmsRule.positive,
    priority: group.priority,
    vms_rule: { ...group.vmsRule },
    cluster: links.reference('clusters', group.clusterId),
  };
}

/** A VM or host of a group: where to find it, and its name. */
export const affinityMemberRepresentation = (collection: 'vms' | 'hosts', { id, name }: AffinityMember, links: Links): WireObject => ({
  ...links.reference(collection, id),
  name,
});
