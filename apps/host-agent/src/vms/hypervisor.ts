import type { DomainReport } from '@clinker/agent-protocol';
import { type DomainState, type DomainStateAndReason, LibvirtError, LibvirtErrorCode } from '@clinker/libvirt';
import { Injectable } from '@nestjs/common';
import { LibvirtLink } from '../libvirt/libvirt.link';
import { SecretsService } from '../secrets/secrets.service';
import { type LiveDomain, readDomainXml } from './domain-xml.reader';
import { PausedGuests } from './held-guests';
import { whileHeld } from './pause.reasons';
import { type RemovalWatch, watchRemoval } from './removal.watch';

const { NO_DOMAIN, OPERATION_INVALID, NO_SECRET } = LibvirtErrorCode;

const STATES: Record<DomainState, DomainReport['state']> = {
  nostate: 'running',
  running: 'running',
  blocked: 'running',
  paused: 'paused',
  shutdown: 'shutting_down',
  shutoff: 'shut_off',
  crashed: 'crashed',
  pmsuspended: 'suspended',
  unknown: 'running',
};

/** A domain with its report. */
export interface FoundDomain extends LiveDomain {
  readonly report: DomainReport;
}

/** This host's domains. What libvirt shows is the truth; nothing of it is kept here. */
@Injectable()
export class Hypervisor {
  constructor(
    private readonly libvirt: LibvirtLink,
    private readonly secrets: SecretsService,
    private readonly paused: PausedGuests,
  ) {}

  /** Null when libvirt has no such domain. */
  find(vmId: string): Promise<FoundDomain | null> {
    return orNullWithoutDomain(async () => {
      const [{ name }, state, xml] = await Promise.all([
        this.libvirt.domains.lookup(vmId),
        this.libvirt.domains.state(vmId),
        this.libvirt.domains.xml(vmId),
      ]);
      return this.seen(found({ uuid: vmId, name, ...state }, xml));
    });
  }

  /** A domain that is not there is reported as `absent`. */
  async report(vmId: string): Promise<DomainReport> {
    return (await this.find(vmId))?.report ?? absentReport(vmId);
  }

  /** Every domain of this host, ours or not. One that goes while we look is left out. */
  async all(): Promise<FoundDomain[]> {
    const domains = await this.libvirt.domains.list();
    const looked = domains.map((domain) =>
      orNullWithoutDomain(async () => this.seen(found(domain, await this.libvirt.domains.xml(domain.uuid)))),
    );
    return (await Promise.all(looked)).filter((domain) => domain !== null);
  }

  /** Starts a transient domain. */
  async start(xml: string, secretUuids: readonly string[]): Promise<void> {
    await this.withSecrets(secretUuids, () => this.libvirt.domains.create(xml));
  }

  /** Whether the guest is, or may be, paused by us. */
  isHeld(vmId: string): boolean {
    return this.paused.has(vmId);
  }

  /** The hold on a guest that is paused by us: the same as long as the guest has not gone on. Undefined for one that runs, or is about to. */
  holdOf(vmId: string): symbol | undefined {
    return this.paused.holdOf(vmId);
  }

  /** Gives up the hold on a guest that has ended. */
  forgetHold(vmId: string): Promise<void> {
    return this.paused.forget(vmId);
  }

  /** Writes the memory of a guest into a file; its disks are left out. Returns when the file is whole. */
  saveMemory(vmId: string, xml: string): Promise<void> {
    return this.libvirt.memory.snapshot(vmId, xml);
  }

  /** Ends {@link saveMemory}, which then fails. */
  async abortSave(vmId: string): Promise<void> {
    await unlessGone(() => this.libvirt.memory.abort(vmId));
  }

  /** The XML of the domain whose memory is in a file. */
  savedXml(path: string): Promise<string> {
    return this.libvirt.memory.savedXml(path);
  }

  /** Starts a transient domain that goes on from the memory in a file, at once or when it is resumed. */
  async restore(path: string, xml: string, { secretUuids, paused }: { secretUuids: readonly string[]; paused: boolean }): Promise<void> {
    await this.withSecrets(secretUuids, () => this.libvirt.memory.restore(path, xml, { paused }));
  }

  /** Lets a paused guest run. @returns false when the domain was gone already */
  resume(vmId: string): Promise<boolean> {
    return unlessGone(() => this.libvirt.domains.resume(vmId));
  }

  /** Ends a domain at once. @returns false when it was gone already */
  destroy(vmId: string): Promise<boolean> {
    return unlessGone(() => this.libvirt.domains.destroy(vmId));
  }

  /** Presses the power button. @returns false when the domain was gone already */
  pressPowerButton(vmId: string): Promise<boolean> {
    return unlessGone(() => this.libvirt.domains.shutdown(vmId, { by: 'acpi' }));
  }

  /** Lets libvirt ask the guest to start again: by its agent if one answers, else by the power button. @returns false when the domain was gone already */
  reboot(vmId: string): Promise<boolean> {
    return unlessGone(() => this.libvirt.domains.reboot(vmId));
  }

  /** Presses the reset button. @returns false when the domain was gone already */
  reset(vmId: string): Promise<boolean> {
    return unlessGone(() => this.libvirt.domains.reset(vmId));
  }

  async attachDevice(vmId: string, xml: string, secretUuids: readonly string[]): Promise<void> {
    await this.withSecrets(secretUuids, () => this.libvirt.devices.attach(vmId, xml, { live: true }));
  }

  /** Changes what of a device may change while it is plugged in. */
  updateDevice(vmId: string, xml: string): Promise<void> {
    return this.libvirt.devices.update(vmId, xml, { live: true });
  }

  /** Size (bytes) of a disk as the guest sees it. @param target as `vda` */
  async diskSize(vmId: string, target: string): Promise<number> {
    return (await this.libvirt.devices.blockInfo(vmId, target)).capacityBytes;
  }

  /** Lets the guest see a disk in another size; its data behind the new end are lost. */
  resizeDisk(vmId: string, target: string, bytes: number): Promise<void> {
    return this.libvirt.devices.blockResize(vmId, target, bytes);
  }

  /** Asks the guest to let a device go; whether it does is told by `watchRemoval` and by the live XML. */
  requestDetach(vmId: string, alias: string): Promise<void> {
    return this.libvirt.devices.detachAlias(vmId, alias, { live: true });
  }

  watchRemoval(vmId: string, alias: string): RemovalWatch {
    return watchRemoval(this.libvirt, vmId, alias);
  }

  private seen(domain: FoundDomain): FoundDomain {
    return this.paused.has(domain.report.vmId) ? { ...domain, report: whileHeld(domain.report) } : domain;
  }

  /** Between the gate and the call libvirt may have restarted without its secrets: then they are set again, and the call is made once more. */
  private async withSecrets<T>(secretUuids: readonly string[], call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!LibvirtError.is(error, NO_SECRET)) throw error;
      this.secrets.distrust();
      for (const uuid of secretUuids) await this.secrets.key(uuid);
      return call();
    }
  }
}

export const absentReport = (vmId: string): DomainReport => ({ vmId, name: '', state: 'absent', reason: '', disks: [] });

function found(domain: DomainStateAndReason & { readonly uuid: string; readonly name: string }, xml: string): FoundDomain {
  const live = readDomainXml(xml);
  const disks = live.disks.map(({ diskId, target, source }) => ({ diskId, target, source }));
  const reason = domain.reason === 'unknown' ? '' : domain.reason;
  const report = { vmId: domain.uuid, name: domain.name, state: STATES[domain.state], reason, disks };
  return { ...live, report: { ...report, ...(live.console && { console: live.console }) } };
}

async function orNullWithoutDomain<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (LibvirtError.is(error, NO_DOMAIN)) return null;
    throw error;
  }
}

async function unlessGone(call: () => Promise<void>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (LibvirtError.is(error, NO_DOMAIN, OPERATION_INVALID)) return false;
    throw error;
  }
}
