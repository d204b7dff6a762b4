import { LibvirtError, LibvirtErrorCode } from '@clinker/libvirt';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LibvirtLink } from '../libvirt/libvirt.link';
import { guestKey } from './guest-freeze.service';
import { PausedGuests } from './held-guests';
import { KeyedQueue } from './keyed.queue';
import { isOurPause } from './pause.reasons';

const { NO_DOMAIN, OPERATION_INVALID } = LibvirtErrorCode;

export interface PauseResult {
  readonly paused: boolean;
  /** Why the guest is not paused by us; empty if it is. */
  readonly reason: string;
}

/**
 * Stops guests' CPUs for a short time, and lets them run again whatever happens (see {@link PausedGuests}). A guest that was not running, or that
 * libvirt has paused meanwhile for a reason of its own, is left as it is.
 */
@Injectable()
export class GuestPauseService implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly libvirt: LibvirtLink,
    private readonly paused: PausedGuests,
    private readonly queue: KeyedQueue,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.paused.start((vmId) => this.resume(vmId));
  }

  onApplicationShutdown(): void {
    this.paused.stop();
  }

  /** Pauses the guest if it runs. One that is paused by us stays so, and gets the whole time (ms) anew. */
  pause(vmId: string, resumeAfterMs: number): Promise<PauseResult> {
    return this.queue.run([guestKey(vmId)], async () => {
      const refusal = this.paused.has(vmId) ? undefined : await this.whyNot(vmId);
      if (refusal !== undefined) return { paused: false, reason: refusal };
      await this.paused.add(vmId, resumeAfterMs);
      return this.pauseNow(vmId);
    });
  }

  /** Lets the guest run. @returns whether it was paused by us until now @throws LibvirtError if it cannot be done now; it is tried again */
  resume(vmId: string): Promise<boolean> {
    return this.queue.run([guestKey(vmId)], async () => {
      if (!this.paused.has(vmId)) return false;
      this.paused.breakHold(vmId);
      const wasPaused = await this.resumeNow(vmId);
      await this.paused.forget(vmId);
      return wasPaused;
    });
  }

  private async whyNot(vmId: string): Promise<string | undefined> {
    try {
      const { state, reason } = await this.libvirt.domains.state(vmId);
      return state === 'running' || state === 'blocked' ? undefined : `the VM is ${state} (${reason}) already`;
    } catch (error) {
      if (error instanceof LibvirtError) return error.message;
      throw error;
    }
  }

  private async pauseNow(vmId: string): Promise<PauseResult> {
    try {
      await this.libvirt.domains.suspend(vmId);
      const { state, reason } = await this.libvirt.domains.state(vmId);
      if (isOurPause(state, reason)) return { paused: true, reason: '' };
      await this.paused.forget(vmId);
      return { paused: false, reason: `the VM is ${state} (${reason})` };
    } catch (error) {
      if (!(error instanceof LibvirtError)) throw error;
      this.paused.letGoAfter(vmId, 0);
      return { paused: false, reason: error.message };
    }
  }

  private async resumeNow(vmId: string): Promise<boolean> {
    try {
      const { state, reason } = await this.libvirt.domains.state(vmId);
      if (!isOurPause(state, reason)) return false;
      await this.libvirt.domains.resume(vmId);
      return true;
    } catch (error) {
      if (!LibvirtError.is(error, NO_DOMAIN, OPERATION_INVALID)) throw error;
      return false;
    }
  }
}
