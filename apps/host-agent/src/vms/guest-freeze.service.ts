import { LibvirtError, LibvirtErrorCode } from '@clinker/libvirt';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { AgentContext } from '../agent.context';
import { LibvirtLink } from '../libvirt/libvirt.link';
import { FrozenGuestFiles } from './frozen-guests.file';
import { KeyedQueue } from './keyed.queue';

/** Seconds that a guest agent has for an answer, and for writing out what the guest's file systems have not written yet. */
const ANSWERS_WITHIN_S = 5;
const FREEZES_WITHIN_S = 30;

/** A guest that could not be thawed is tried again after so long (ms). */
const THAW_AGAIN_MS = 1_000;

/** How many file systems the guest agent has frozen or thawed (qga's guest-fsfreeze-freeze, guest-fsfreeze-thaw). */
const countSchema = z.object({ return: z.int() });
const statusSchema = z.object({ return: z.enum(['thawed', 'frozen']) });

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
  private readonly watchdogs = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly context: AgentContext,
    private readonly libvirt: LibvirtLink,
    private readonly files: FrozenGuestFiles,
    private readonly queue: KeyedQueue,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const vmId of await this.files.all()) this.thawAfter(vmId, 0);
  }

  onApplicationShutdown(): void {
    this.watchdogs.forEach((watchdog) => clearTimeout(watchdog));
  }

  /** Freezes the guest if its agent answers. One that is frozen stays so, and gets the whole time anew. */
  freeze(vmId: string, thawAfterMs: number): Promise<FreezeResult> {
    return this.queue.run([guestKey(vmId)], async () => {
      const refusal = await this.whyNot(vmId);
      if (refusal !== undefined) return { frozen: false, reason: refusal };
      await this.files.add(vmId);
      this.thawAfter(vmId, thawAfterMs);
      return this.freezeNow(vmId);
    });
  }

  /** Thaws the guest. @returns whether it was frozen until now @throws LibvirtError if it cannot be thawed now; it is tried again */
  thaw(vmId: string): Promise<boolean> {
    return this.queue.run([guestKey(vmId)], async () => {
      if (!this.watchdogs.has(vmId)) return false;
      return this.thawNow(vmId);
    });
  }

  /** Why the guest cannot be frozen; undefined if it can, or is. */
  private async whyNot(vmId: string): Promise<string | undefined> {
    try {
      await this.ask(vmId, 'guest-fsfreeze-status', statusSchema, ANSWERS_WITHIN_S);
      return undefined;
    } catch (error) {
      if (error instanceof LibvirtError) return error.message;
      throw error;
    }
  }

  private async freezeNow(vmId: string): Promise<FreezeResult> {
    try {
      const { return: isFrozen } = await this.ask(vmId, 'guest-fsfreeze-status', statusSchema, ANSWERS_WITHIN_S);
      if (isFrozen === 'frozen') return { frozen: true, reason: '' };
      const { return: count } = await this.ask(vmId, 'guest-fsfreeze-freeze', countSchema, FREEZES_WITHIN_S);
      if (count > 0) return { frozen: true, reason: '' };
      await this.thawNow(vmId);
      return { frozen: false, reason: 'the guest has no file system that could be frozen' };
    } catch (error) {
      if (!(error instanceof LibvirtError)) throw error;
      this.thawAfter(vmId, 0);
      return { frozen: false, reason: error.message };
    }
  }

  private async thawNow(vmId: string): Promise<boolean> {
    try {
      const { return: count } = await this.ask(vmId, 'guest-fsfreeze-thaw', countSchema, FREEZES_WITHIN_S);
      await this.forget(vmId);
      return count > 0;
    } catch (error) {
      if (!LibvirtError.is(error, LibvirtErrorCode.NO_DOMAIN, LibvirtErrorCode.OPERATION_INVALID)) throw error;
      await this.forget(vmId);
      return false;
    }
  }

  /** The watchdog: it needs nobody. */
  private thawAfter(vmId: string, afterMs: number): void {
    clearTimeout(this.watchdogs.get(vmId));
    const watchdog = setTimeout(() => void this.thawByItself(vmId), afterMs).unref();
    this.watchdogs.set(vmId, watchdog);
  }

  private async thawByItself(vmId: string): Promise<void> {
    try {
      const wasFrozen = await this.thaw(vmId);
      this.context.logger.warn({ vmId, wasFrozen }, 'A guest was thawed because nobody else did');
    } catch (error) {
      this.context.logger.warn({ vmId, err: error }, 'A guest could not be thawed; it is tried again');
      this.thawAfter(vmId, THAW_AGAIN_MS);
    }
  }

  private async forget(vmId: string): Promise<void> {
    clearTimeout(this.watchdogs.get(vmId));
    this.watchdogs.delete(vmId);
    await this.files.remove(vmId);
  }

  private async ask<T>(vmId: string, command: string, schema: z.ZodType<T>, withinS: number): Promise<T> {
    const answer = await this.libvirt.domains.agentCommand(vmId, JSON.stringify({ execute: command }), withinS);
    return schema.parse(JSON.parse(answer ?? '{}'));
  }
}

const guestKey = (vmId: string): string => `guest ${vmId}`;
