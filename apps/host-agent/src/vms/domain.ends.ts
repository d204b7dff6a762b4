import type { DomainNotice } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';

/** Of how many VMs it is known how they ended; of more the first are forgotten. */
const MAX_VMS = 1000;

const ENDS: readonly DomainNotice['event'][] = ['shut_down', 'crashed', 'stopped'];
const BEGINS: readonly DomainNotice['event'][] = ['started', 'resumed'];

/**
 * How the domains ended that are gone: libvirt forgets it together with a transient domain, and an engine that was away has not heard it. It decides
 * whether a highly available VM is started again.
 */
@Injectable()
export class DomainEnds {
  private readonly notices = new Map<string, DomainNotice[]>();

  /** Keeps what belongs to an end. A domain that was started, or goes on after a reboot, has not ended. */
  note(notice: DomainNotice): void {
    const { vmId, event } = notice;
    if (BEGINS.includes(event)) this.notices.delete(vmId);
    if (!ENDS.includes(event)) return;
    const before = this.notices.get(vmId) ?? [];
    if (before.some((one) => one.event === event)) return;
    this.notices.delete(vmId);
    this.notices.set(vmId, [...before, notice]);
    const [oldest] = this.notices.keys();
    if (this.notices.size > MAX_VMS && oldest !== undefined) this.notices.delete(oldest);
  }

  /** The notices of a domain's end, oldest first; none if it was not seen. */
  of(vmId: string): DomainNotice[] {
    return [...(this.notices.get(vmId) ?? [])];
  }
}
