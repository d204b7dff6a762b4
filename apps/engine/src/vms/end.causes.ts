import type { DomainNotice } from '@clinker/agent-protocol';
import { type Cause, causeAfter } from './domain.verdict';

const keyOf = (vmId: string, hostName: string): string => `${hostName} ${vmId}`;

/** Why domains ended, as this process has heard it. Another engine may have heard the rest, so what is older than a run says nothing about it. */
export class EndCauses {
  private readonly known = new Map<string, { readonly cause: Cause; readonly at: number }>();

  /** Takes in a notice of a host. */
  told(hostName: string, notice: DomainNotice): void {
    const cause = causeAfter(this.known.get(keyOf(notice.vmId, hostName))?.cause, notice);
    if (cause) this.set(notice.vmId, hostName, cause);
    else this.known.delete(keyOf(notice.vmId, hostName));
  }

  set(vmId: string, hostName: string, cause: Cause): void {
    this.known.set(keyOf(vmId, hostName), { cause, at: Date.now() });
  }

  /** @param since when the run began that has ended */
  of(vmId: string, hostName: string, since: Date | null): Cause | undefined {
    const known = this.known.get(keyOf(vmId, hostName));
    return known && known.at >= (since?.getTime() ?? 0) ? known.cause : undefined;
  }
}
