import { AgentError, type DiskDefinition, type DomainReport } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { AgentContext } from '../agent.context';
import { VolumePreparation } from '../volumes/volume.preparation';
import { DeviceRemoval } from './device.removal';
import { diskXml } from './disk-xml.builder';
import { rbdIdentity } from './domain-xml.reader';
import { type FoundDomain, Hypervisor } from './hypervisor';
import { volumeKey } from './keyed.queue';
import { freeTarget } from './target.names';

/** Disks of running domains. What libvirt shows decides, never the return value of a call. */
@Injectable()
export class DiskPlugService {
  constructor(
    private readonly context: AgentContext,
    private readonly hypervisor: Hypervisor,
    private readonly volumes: VolumePreparation,
    private readonly removal: DeviceRemoval,
  ) {}

  /** @throws AgentError `domain_not_found`, `device_conflict` and those of the preparation */
  plug(vmId: string, disk: DiskDefinition): Promise<DomainReport> {
    return this.removal.whenSettled(vmId, disk.diskId, (domain) => this.ensurePlugged(domain, disk), [volumeKey(disk.volumeId)]);
  }

  /** @returns whether the disk is gone @throws AgentError `guest_refused` */
  unplug(vmId: string, diskId: string): Promise<boolean> {
    return this.removal.remove(vmId, diskId, 'disk');
  }

  private async ensurePlugged(domain: FoundDomain, disk: DiskDefinition): Promise<DomainReport> {
    const present = domain.disks.find((each) => each.diskId === disk.diskId);
    if (!present) return this.attach(domain, disk);
    const identity = rbdIdentity(disk.source.clusterId, disk.source.image);
    if (present.identity === identity) return domain.report;
    throw new AgentError('device_conflict', `the disk ${disk.diskId} is plugged in with another image, ${present.source}`);
  }

  private async attach(domain: FoundDomain, disk: DiskDefinition): Promise<DomainReport> {
    const { vmId } = domain.report;
    const prepared = await this.volumes.prepare(vmId, [disk]);
    const target = freeTarget(disk.interface, new Set(domain.disks.map((each) => each.target)));
    for (const { attachment } of prepared) {
      const secretUuids = attachment.auth ? [attachment.auth.secretUuid] : [];
      await this.hypervisor.attachDevice(vmId, diskXml({ disk, attachment, target }), secretUuids);
    }
    this.context.logger.info({ vmId, diskId: disk.diskId, target }, 'The disk was plugged in');
    return this.hypervisor.report(vmId);
  }
}
