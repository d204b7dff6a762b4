/** What an affinity group demands of VMs and hosts, as oVirt has it. */
export interface AffinityRule {
  readonly enabled: boolean;
  /** Together, or else apart. */
  readonly positive: boolean;
  /** Must be so, or else only better. */
  readonly enforcing: boolean;
}

/** A group as its VM that is to start finds it. */
export interface AffinityOf {
  readonly name: string;
  readonly priority: number;
  readonly vmsRule: AffinityRule;
  readonly hostsRule: AffinityRule;
  /** Where its other VMs run. */
  readonly vmHostIds: readonly string[];
  readonly hostIds: readonly string[];
}

/** A group with where its VMs run, once for each of them. */
export type RunningGroup = Pick<AffinityOf, 'vmsRule' | 'hostsRule' | 'vmHostIds' | 'hostIds'>;

/** What a group wants of the host of a VM. */
export interface AffinityCondition {
  readonly groupName: string;
  /** How oVirt calls what decides it. */
  readonly filter: 'VmAffinityGroups' | 'VmToHostsAffinityGroups';
  readonly rule: AffinityRule;
  readonly hostIds: readonly string[];
  readonly priority: number;
}

/** What these groups want. A rule that has nothing to go by wants nothing: no other VM of the group runs, or the group has no hosts. */
export function affinityConditions(groups: readonly AffinityOf[]): AffinityCondition[] {
  const wanted = groups.flatMap(({ name: groupName, priority, vmsRule, hostsRule, vmHostIds, hostIds }) => [
    { groupName, priority, filter: 'VmAffinityGroups' as const, rule: vmsRule, hostIds: vmHostIds },
    { groupName, priority, filter: 'VmToHostsAffinityGroups' as const, rule: hostsRule, hostIds },
  ]);
  return wanted.filter(({ rule, hostIds }) => rule.enabled && hostIds.length > 0);
}

const isMet = ({ rule, hostIds }: AffinityCondition, hostId: string): boolean => rule.positive === hostIds.includes(hostId);

/** Why the host must not take the VM, for behind "The host X"; undefined if it may. */
export function affinityRefusal(conditions: readonly AffinityCondition[], hostId: string): string | undefined {
  const broken = conditions.find((one) => one.rule.enforcing && !isMet(one, hostId));
  if (!broken) return undefined;
  const because = broken.rule.positive ? 'it did not match positive affinity rules' : 'it matched negative affinity rules';
  return `did not satisfy internal filter ${broken.filter} because ${because} of the Affinity Group ${broken.groupName}.`;
}

/** How much the host is against the wishes of groups that only prefer; 0 if it fits all. */
export const affinityPenalty = (conditions: readonly AffinityCondition[], hostId: string): number =>
  conditions.filter((one) => !one.rule.enforcing && !isMet(one, hostId)).reduce((sum, { priority }) => sum + priority, 0);

/** True if VMs of the group run where one of its rules does not want them, as oVirt shows it. */
export function isBroken({ vmsRule, hostsRule, vmHostIds, hostIds }: RunningGroup): boolean {
  const used = new Set(vmHostIds).size;
  const vmsBroken = vmsRule.enabled && (vmsRule.positive ? used > 1 : used < vmHostIds.length);
  const hostsMatter = hostsRule.enabled && hostIds.length > 0;
  return vmsBroken || (hostsMatter && vmHostIds.some((id) => hostIds.includes(id) !== hostsRule.positive));
}
