import { AgentError } from '@clinker/agent-protocol';
import { RetryLater } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { HostClient } from '../hosts/host.client';
import { HostUnreachableError } from '../hosts/host.errors';
import { outside } from '../sagas/step.errors';

/** A guest that runs on a host, and the operation that holds it. */
export interface GuestOnHost {
  readonly vmId: string;
  readonly hostName: string;
  readonly operationId: string;
}

/** How long (ms) a guest stays frozen or paused at most: its services hang meanwhile. */
export const HELD_AT_MOST_MS = 30_000;

/** How often a host is asked to let a guest go before that is left to itself. */
const ATTEMPTS = 3;

/** A host that says "in progress" has worked for some seconds: it is asked again almost at once (ms). */
const ASK_AGAIN_MS = 100;

const notYet = (what: string): RetryLater => new RetryLater(`The host is still ${what} the guest`, { afterMs: ASK_AGAIN_MS });

/** Running guests, held while Cinder takes snapshots of their disks. Every method may be repeated. */
@Injectable()
export class GuestHoldClient {
  constructor(private readonly hosts: HostClient) {}

  /** Freezes the guest's file systems if its agent answers. @returns why they are not frozen, or null if they are @throws RetryLater, BackendError */
  async freeze({ hostName, vmId, operationId }: GuestOnHost): Promise<string | null> {
    const request = { operationId, vmId, thawAfterMs: HELD_AT_MOST_MS };
    const answer = await outside('freeze the guest', () => this.hosts.send(hostName, 'ensure-guest-frozen', request));
    if (answer.status === 'in_progress') throw notYet('freezing');
    return answer.frozen ? null : answer.reason;
  }

  /**
   * Stops the guest's CPUs if they run.
   * @returns why the guest is not paused by us, or null if it is
   * @throws RetryLater, BackendError
   */
  async pause({ hostName, vmId, operationId }: GuestOnHost, resumeAfterMs = HELD_AT_MOST_MS): Promise<string | null> {
    const request = { operationId, vmId, resumeAfterMs };
    const answer = await outside('pause the guest', () => this.hosts.send(hostName, 'ensure-guest-paused', request));
    if (answer.status === 'in_progress') throw notYet('pausing');
    return answer.paused ? null : answer.reason;
  }

  /**
   * Thaws the guest. A host that cannot be asked does it by itself when its time is over, so nobody need wait for it.
   * @returns whether the guest was frozen until now; false too if nobody knows
   * @throws RetryLater while the host is at it
   */
  async thaw({ hostName, vmId, operationId }: GuestOnHost): Promise<boolean> {
    const answer = await persistently(() => this.hosts.send(hostName, 'ensure-guest-thawed', { operationId, vmId }));
    if (answer?.status === 'in_progress') throw notYet('thawing');
    return answer?.wasFrozen ?? false;
  }

  /**
   * Lets the guest run, as {@link thaw} does with one that is frozen.
   * @returns whether the guest was paused by us until now; false too if nobody knows
   * @throws RetryLater while the host is at it
   */
  async resume({ hostName, vmId, operationId }: GuestOnHost): Promise<boolean> {
    const answer = await persistently(() => this.hosts.send(hostName, 'ensure-guest-resumed', { operationId, vmId }));
    if (answer?.status === 'in_progress') throw notYet('resuming');
    return answer?.wasPaused ?? false;
  }
}

/** The host's answer; undefined if it cannot be asked, or has failed. */
async function persistently<T>(ask: () => Promise<T>): Promise<T | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const answer = await ask().catch(unknownHost);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function unknownHost(error: unknown): undefined {
  if (!(error instanceof HostUnreachableError) && !(error instanceof AgentError)) throw error;
  return undefined;
}
