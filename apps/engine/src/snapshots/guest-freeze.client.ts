import { AgentError } from '@clinker/agent-protocol';
import { RetryLater } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { HostClient } from '../hosts/host.client';
import { HostUnreachableError } from '../hosts/host.errors';
import { outside } from '../sagas/step.errors';

/** A guest that runs on a host, and the operation that freezes it. */
export interface GuestOnHost {
  readonly vmId: string;
  readonly hostName: string;
  readonly operationId: string;
}

/** How long (ms) a guest stays frozen at most: its services hang meanwhile. */
export const FROZEN_AT_MOST_MS = 30_000;

/** How often a host is asked to thaw a guest before that is left to itself. */
const THAW_ATTEMPTS = 3;

/** A host that says "in progress" has worked for some seconds: it is asked again almost at once (ms). */
const ASK_AGAIN_MS = 100;

/** The file systems of a running guest, as its agent freezes and thaws them. Every method may be repeated. */
@Injectable()
export class GuestFreezeClient {
  constructor(private readonly hosts: HostClient) {}

  /** Freezes the guest if its agent answers. @returns why it is not frozen, or null if it is @throws RetryLater, BackendError */
  async freeze({ hostName, vmId, operationId }: GuestOnHost): Promise<string | null> {
    const request = { operationId, vmId, thawAfterMs: FROZEN_AT_MOST_MS };
    const answer = await outside('freeze the guest', () => this.hosts.send(hostName, 'ensure-guest-frozen', request));
    if (answer.status === 'in_progress') throw new RetryLater('The host is still freezing the guest', { afterMs: ASK_AGAIN_MS });
    return answer.frozen ? null : answer.reason;
  }

  /**
   * Thaws the guest. A host that cannot be asked does it by itself when its time is over, so nobody need wait for it.
   * @returns whether the guest was frozen until now; false too if nobody knows
   * @throws RetryLater while the host is at it
   */
  async thaw({ hostName, vmId, operationId }: GuestOnHost): Promise<boolean> {
    for (let attempt = 1; attempt <= THAW_ATTEMPTS; attempt += 1) {
      const answer = await this.hosts.send(hostName, 'ensure-guest-thawed', { operationId, vmId }).catch(unknownHost);
      if (answer?.status === 'in_progress') throw new RetryLater('The host is still thawing the guest', { afterMs: ASK_AGAIN_MS });
      if (answer) return answer.wasFrozen;
    }
    return false;
  }
}

/** Swallows that the host cannot be asked, or has failed. */
function unknownHost(error: unknown): undefined {
  if (!(error instanceof HostUnreachableError) && !(error instanceof AgentError)) throw error;
  return undefined;
}
