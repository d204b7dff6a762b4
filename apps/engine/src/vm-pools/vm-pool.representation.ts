import type { Links, WireObject } from '@clinker/ovirt-api';
import { configurationRepresentation } from '../vms/vm.representation';
import type { VmSettings } from '../vms/vm.settings';
import type { VmPool } from './vm-pool.entity';

/** A pool, and how many VMs it has now, those included that are being made. */
export interface SizedVmPool {
  readonly pool: VmPool;
  readonly size: number;
  /** How its VMs are made: as its template says. */
  readonly settings: VmSettings;
}

/** A pool as oVirt shows it. */
export function vmPoolRepresentation({ pool, size, settings }: SizedVmPool, links: Links): WireObject {
  const identity = links.reference('vmpools', pool.id);
  return {
    ...identity,
    actions: links.actions(identity.href, ['allocatevm']),
    name: pool.name,
    description: pool.description,
    comment: pool.comment,
    link: links.subCollections(identity.href, ['permissions']),
    auto_storage_select: false,
    cluster: links.reference('clusters', pool.clusterId),
    max_user_vms: pool.maxUserVms,
    prestarted_vms: pool.prestartedVms,
    size,
    stateful: pool.stateful,
    template: links.reference('templates', pool.templateId),
    type: pool.type,
    use_latest_template_version: false,
    vm: configurationRepresentation({ ...settings, highlyAvailable: false }),
  };
}
