import { AgentError, type DiskDefinition, type DomainReport } from '@clinker/agent-protocol';
import { LibvirtError, LibvirtErrorCode } from '@clinker/libvirt';
import { Injectable } from '@nestjs/common';
import { AgentContext } from '../agent.context';
import { VolumePreparation } from '../volumes/volume.preparation';
import { aliasOf, diskXml } from './disk-xml.builder';
import { rbdIdentity } from './domain-xml.reader';
import { type FoundDomain, Hypervisor } from './hypervisor';
import { KeyedQueue, vmKey, volumeKey } from './keyed.queue';
import { RemovalLedger } from './removal.ledger';
import type { RemovalOutcome } from './removal.watch';
import { freeTarget } from './target.names';

/** Within one question of the engine the guest has this long (ms) to let a device go. */
const GUEST_MS = 3_000;

const { DEVICE_MISSING, NO_DOMAIN, OPERATION_INVALID, INTERNAL_ERROR, OPERATION_FAILED } = LibvirtErrorCode;

/** Disks of running domains. What libvirt shows decides, never the return value of a call. */
@Injectable()
export class DiskPlugService {
  private readonly removals = new RemovalLedger();

  constructor(
    private readonly context: AgentContext,
    private readonly hypervisor: Hypervisor,
    private readonly volumes: VolumePreparation,
    private readonly queue: KeyedQueue,
  ) {}

  /** @throws AgentError `domain_not_found`, `device_conflict` and those of the preparation */
  plug(vmId: string, disk: DiskDefinition): Promise<DomainReport> {
    return this.queue.run([vmKey(vmId), volumeKey(disk.volumeId)], async () => {
      const domain = await this.awaitRemoval(vmId, disk.diskId);
      const present = domain.disks.find((each) => each.diskId === disk.diskId);
      if (!present) return this.attach(domain, disk);
      const identity = rbdIdentity(disk.source.clusterId, disk.source.image);
      if (present.identity === identity) return domain.report;
      throw new AgentError('device_conflict', `the disk ${disk.diskId} is plugged in with another image, ${present.source}`);
    });
  }

  /**
   * Asks the guest to let the disk go and waits a while for it. The wait holds no queue, so that the VM can be stopped meanwhile.
   * @returns whether the disk is gone
   * @throws AgentError `guest_refused` after it said no several times
   */
  async unplug(vmId: string, diskId: string): Promise<boolean> {
    const watch = this.hypervisor.watchRemoval(vmId, aliasOf(diskId));
    try {
      const there = await this.queue.run([vmKey(vmId)], () => this.askGuest(vmId, diskId));
      return there ? await this.judge(vmId, diskId, await watch.within(GUEST_MS)) : true;
    } finally {
      watch.stop();
    }
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

  /** A disk that the guest was asked to let go may vanish at any moment: only when that is settled it counts as plugged in. */
  private async awaitRemoval(vmId: string, diskId: string): Promise<FoundDomain> {
    if (this.removals.isPending(vmId, diskId)) await this.unplugPatiently(vmId, diskId);
    const domain = await this.hypervisor.find(vmId);
    if (domain && domain.report.state !== 'shut_off') return domain;
    throw new AgentError('domain_not_found', `the VM ${vmId} does not run on this host`);
  }

  private async unplugPatiently(vmId: string, diskId: string): Promise<void> {
    const watch = this.hypervisor.watchRemoval(vmId, aliasOf(diskId));
    const gone = !(await this.hasDisk(vmId, diskId));
    const outcome = gone ? 'removed' : await watch.within(this.removals.remainingMs(vmId, diskId));
    watch.stop();
    if (outcome !== 'refused') this.removals.forget(vmId, diskId);
  }

  /** False when there is nothing to ask for. */
  private async askGuest(vmId: string, diskId: string): Promise<boolean> {
    if (!(await this.hasDisk(vmId, diskId))) return this.forgotten(vmId, diskId);
    if (!this.removals.shouldAsk(vmId, diskId)) return true;
    this.removals.asked(vmId, diskId);
    try {
      await this.hypervisor.requestDetach(vmId, aliasOf(diskId));
      return true;
    } catch (error) {
      return this.askedInVain(error, vmId, diskId);
    }
  }

  /** libvirt 9.0 has one code for "no such alias" and much else, and one for "already being removed": the live XML tells. */
  private async askedInVain(error: unknown, vmId: string, diskId: string): Promise<boolean> {
    if (!LibvirtError.is(error, DEVICE_MISSING, NO_DOMAIN, OPERATION_INVALID, INTERNAL_ERROR, OPERATION_FAILED)) throw error;
    if (!(await this.hasDisk(vmId, diskId))) return this.forgotten(vmId, diskId);
    if (/in the process of unplug/i.test(error.message)) return true;
    throw error;
  }

  private async judge(vmId: string, diskId: string, outcome: RemovalOutcome): Promise<boolean> {
    if (outcome === 'removed' || !(await this.hasDisk(vmId, diskId))) {
      this.context.logger.info({ vmId, diskId }, 'The disk was unplugged');
      return !this.forgotten(vmId, diskId);
    }
    if (outcome === 'refused' && this.removals.refused(vmId, diskId)) {
      throw new AgentError('guest_refused', `the guest refuses to let the disk ${diskId} go`);
    }
    return false;
  }

  private forgotten(vmId: string, diskId: string): false {
    this.removals.forget(vmId, diskId);
    return false;
  }

  private async hasDisk(vmId: string, diskId: string): Promise<boolean> {
    const domain = await this.hypervisor.find(vmId);
    return domain?.disks.some((disk) => disk.diskId === diskId) ?? false;
  }
}
