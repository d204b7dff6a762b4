import type { EntityManager } from 'typeorm';
import { type AffinityCondition, type AffinityOf, affinityConditions } from './affinity.rules';

const GROUPS_OF_VM = `
  SELECT g.name, g.priority, g.vms_rule AS "vmsRule", g.hosts_rule AS "hostsRule",
    ARRAY(SELECT DISTINCT vm.host_id FROM affinity_group_vm member JOIN vm ON vm.id = member.vm_id
          WHERE member.group_id = g.id AND vm.id <> $1 AND vm.host_id IS NOT NULL)::text[] AS "vmHostIds",
    ARRAY(SELECT host_id FROM affinity_group_host WHERE group_id = g.id)::text[] AS "hostIds"
  FROM affinity_group_vm own JOIN affinity_group g ON g.id = own.group_id WHERE own.vm_id = $1 ORDER BY g.name`;

/** What the affinity groups of a VM want of its host now. */
export const affinityOfVm = async (tx: EntityManager, vmId: string): Promise<AffinityCondition[]> =>
  affinityConditions(await tx.query<AffinityOf[]>(GROUPS_OF_VM, [vmId]));

const LEAVE = {
  vm: 'DELETE FROM affinity_group_vm USING affinity_group g WHERE group_id = g.id AND vm_id = $1 AND g.cluster_id <> $2',
  host: 'DELETE FROM affinity_group_host USING affinity_group g WHERE group_id = g.id AND host_id = $1 AND g.cluster_id <> $2',
} as const;

/** Lets a VM or host that is in this cluster now leave the groups of others. */
export const leaveAffinityGroups = (tx: EntityManager, member: 'vm' | 'host', id: string, clusterId: string): Promise<unknown> =>
  tx.query(LEAVE[member], [id, clusterId]);
