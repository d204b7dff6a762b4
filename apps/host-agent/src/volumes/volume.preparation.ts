import { AgentError, type DiskDefinition, type DiskSource } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { rbdIdentity } from '../vms/domain-xml.reader';
import { type FoundDomain, Hypervisor } from '../vms/hypervisor';
import type { VolumeAttachment } from './connector';
import { RbdConnector } from './rbd.connector';

export interface PreparedDisk {
  readonly disk: DiskDefinition;
  readonly attachment: VolumeAttachment;
}

/** Makes volumes ready for QEMU: checked and connected by their connector, and used by nobody else on this host. */
@Injectable()
export class VolumePreparation {
  constructor(
    private readonly hypervisor: Hypervisor,
    private readonly rbd: RbdConnector,
  ) {}

  /**
   * Prepares all disks side by side.
   * @throws AgentError of the first disk that cannot be used; `device_conflict` when another disk on this host has the image
   */
  async prepare(vmId: string, disks: readonly DiskDefinition[]): Promise<PreparedDisk[]> {
    if (disks.length === 0) return [];
    refuseTwins(disks);
    const [domains, ...attachments] = await Promise.all([this.hypervisor.all(), ...disks.map((disk) => this.connect(disk))]);
    for (const disk of disks) refuseConflict(vmId, disk, domains);
    return disks.flatMap((disk, index) => {
      const attachment = attachments[index];
      return attachment ? [{ disk, attachment }] : [];
    });
  }

  private connect(disk: DiskDefinition): Promise<VolumeAttachment> {
    return this.rbd.connect(disk);
  }
}

const identityOf = (source: DiskSource): string => rbdIdentity(source.clusterId, source.image);

/** One image twice in one VM is a mistake even if it may be shared. */
function refuseTwins(disks: readonly DiskDefinition[]): void {
  const seen = new Set<string>();
  for (const { diskId, source } of disks) {
    for (const mark of [identityOf(source), diskId]) {
      if (seen.has(mark)) throw new AgentError('device_conflict', `the disk ${diskId} or its image ${source.image} is there twice`);
      seen.add(mark);
    }
  }
}

/** libvirt takes the same image for two guests without a word, so we look: at all domains, ours or not. */
function refuseConflict(vmId: string, disk: DiskDefinition, domains: readonly FoundDomain[]): void {
  const identity = identityOf(disk.source);
  for (const { report, disks } of domains) {
    const user = disks.find((each) => each.identity === identity && !(report.vmId === vmId && each.diskId === disk.diskId));
    if (!user || (user.shareable && disk.shareable && report.vmId !== vmId)) continue;
    throw new AgentError(
      'device_conflict',
      `the image ${disk.source.image} is in use by the VM ${report.name} (${report.vmId}) as ${user.target}`,
    );
  }
}
