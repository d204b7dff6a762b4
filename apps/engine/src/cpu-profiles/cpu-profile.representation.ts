import type { Links, WireObject } from '@clinker/ovirt-api';
import type { Cluster } from '../clusters/cluster.entity';
import { nameBasedId } from '../http/name-based.id';

/** The one profile of a cluster is not stored: it says of the cluster that its VMs' processors are not limited. The view cpu_profile has the same id. */
export const cpuProfileId = (clusterId: string): string => nameBasedId('cpuprofiles', clusterId);

/** The CPU profile of a cluster as oVirt shows it: it has the cluster's name, as the first of each cluster has in oVirt. */
export function cpuProfileRepresentation({ id: clusterId, name }: Pick<Cluster, 'id' | 'name'>, links: Links): WireObject & { id: string } {
  const identity = links.reference('cpuprofiles', cpuProfileId(clusterId));
  return {
    ...identity,
    name,
    link: links.subCollections(identity.href, ['permissions']),
    cluster: links.reference('clusters', clusterId),
  };
}
