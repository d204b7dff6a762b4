import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { LibvirtLink } from '../libvirt/libvirt.link';

/** The channel in live XML, when the guest has opened its end. */
const CONNECTED = /<target [^>]*name='org\.qemu\.guest_agent\.0'[^>]*state='connected'/;

/** Speaks to the QEMU guest agents of guests. */
@Injectable()
export class GuestAgentClient {
  constructor(private readonly libvirt: LibvirtLink) {}

  /** Whether the guest has an agent now. libvirt complains in its log of every command to one that has none. @throws LibvirtError */
  async isThere(vmId: string): Promise<boolean> {
    return CONNECTED.test(await this.libvirt.domains.xml(vmId));
  }

  /**
   * Sends one command of the QEMU Guest Agent Protocol, and gives what it returns.
   * @param withinS how long (s) the guest's agent has for its answer
   * @throws LibvirtError if no agent answers or it does not know the command, ZodError for an answer of another form
   */
  async ask<T>(vmId: string, command: string, schema: z.ZodType<T>, withinS: number): Promise<T> {
    const answer = await this.libvirt.domains.agentCommand(vmId, JSON.stringify({ execute: command }), withinS);
    return z.object({ return: schema }).parse(JSON.parse(answer ?? '{}')).return;
  }
}
