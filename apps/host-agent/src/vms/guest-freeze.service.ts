import { LibvirtError, LibvirtErrorCode } from '@clinker/libvirt';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { GuestAgentClient } from './guest-agent.client';
import { FrozenGuests } from './held-guests';
import { KeyedQueue } from './keyed.queue';

/** Seconds that a guest agent has for an answer, and for writing out what the guest's file systems have not written yet. */
const ANSWERS_WITHIN_S = 5;
const FREEZES_WITHIN_S = 30;

/** How many file systems the guest agent has frozen or thawed (qga's guest-fsfreeze-freeze, guest-fsfreeze-thaw). */
const countSchema = z.int();
const statusSchema = z.enum(['thawed', 'frozen']);

export interface FreezeResult {
  readonly frozen: boolean;
  /** Why the guest is not frozen; empty if it is. */
  readonly reason: string;
}

/**
 * Freezes guests' file systems for a short time, and thaws them whatever happens: when the engine says so, when their time is over, and at the
 * agent's start those that an agent of before has left frozen.
 */
@Injectable()
export class GuestFreezeService implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly agents: GuestAgentClient,
    private readonly frozen: FrozenGuests,
    private readonly queue: KeyedQueue,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.frozen.start((vmId) => this.thaw(vmId));
  }

  onApplicationShutdown(): void {
    this.frozen.stop();
  }

  /** Freezes the guest if its agent answers. One that is frozen stays so, and gets the whole time anew. */
  freeze(vmId: string, thawAfterMs: number): Promise<FreezeResult> {
    return this.queue.run([guestKey(vmId)], async () => {
      const refusal = await this.whyNot(vmId);
      if (refusal !== undefined) return { frozen: false, reason: refusal };
      await this.frozen.add(vmId, thawAfterMs);
      return this.freezeNow(vmId);
    });
  }

  /** Thaws the guest. @returns whether it was frozen until now @throws LibvirtError if it cannot be thawed now; it is tried again */
  thaw(vmId: string): Promise<boolean> {
    return this.queue.run([guestKey(vmId)], async () => {
      if (!this.frozen.has(vmId)) return false;
      return this.thawNow(vmId);
    });
  }

  /** Why the guest cannot be frozen; undefined if it can, or is. */
  private async whyNot(vmId: string): Promise<string | undefined> {
    try {
      await this.agents.ask(vmId, 'guest-fsfreeze-status', statusSchema, ANSWERS_WITHIN_S);
      return undefined;
    } catch (error) {
      if (error instanceof LibvirtError) return error.message;
      throw error;
    }
  }

  private async freezeNow(vmId: string): Promise<FreezeResult> {
    try {
      const status = await this.agents.ask(vmId, 'guest-fsfreeze-status', statusSchema, ANSWERS_WITHIN_S);
      if (status === 'frozen') return { frozen: true, reason: '' };
      const count = await this.agents.ask(vmId, 'guest-fsfreeze-freeze', countSchema, FREEZES_WITHIN_S);
      if (count > 0) return { frozen: true, reason: '' };
      await this.thawNow(vmId);
      return { frozen: false, reason: 'the guest has no file system that could be frozen' };
    } catch (error) {
      if (!(error instanceof LibvirtError)) throw error;
      this.frozen.letGoAfter(vmId, 0);
      return { frozen: false, reason: error.message };
    }
  }

  private async thawNow(vmId: string): Promise<boolean> {
    try {
      const count = await this.agents.ask(vmId, 'guest-fsfreeze-thaw', countSchema, FREEZES_WITHIN_S);
      await this.frozen.forget(vmId);
      return count > 0;
    } catch (error) {
      if (!LibvirtError.is(error, LibvirtErrorCode.NO_DOMAIN, LibvirtErrorCode.OPERATION_INVALID)) throw error;
      await this.frozen.forget(vmId);
      return false;
    }
  }
}

/** The line in which what is done to a guest as a whole queues up. */
export const guestKey = (vmId: string): string => `guest ${vmId}`;
