import type { GuestDevice, GuestFacts } from '@clinker/agent-protocol';
import { LibvirtError } from '@clinker/libvirt';
import { Injectable } from '@nestjs/common';
import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { GuestAgentClient } from './guest-agent.client';
import { FrozenGuests, PausedGuests } from './held-guests';

/** Seconds that a guest agent has for an answer. */
const ANSWERS_WITHIN_S = 5;

const LONGEST = 255;
const MOST = 64;

/** A word of a guest without what XML and terminals cannot bear. */
const word = z
  .string()
  .nullish()
  .transform((text) => (text ?? '').replace(/\p{C}/gu, '').slice(0, LONGEST));

const hostNameSchema = z.object({ 'host-name': word });
const osSchema = z.object({ id: word, name: word, 'version-id': word, 'kernel-release': word, machine: word });
const timeZoneSchema = z.object({ zone: word, offset: z.number().int() });
const interfacesSchema = z.array(
  z.object({
    name: word,
    'hardware-address': word,
    'ip-addresses': z
      .array(z.object({ 'ip-address': z.string() }))
      .nullish()
      .transform((addresses) => addresses ?? []),
  }),
);

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;
const LOOPBACK_MAC = '00:00:00:00:00:00';

/** What guests tell of themselves, by the names of the QEMU Guest Agent Protocol (qga/qapi-schema.json). */
@Injectable()
export class GuestFactsReader {
  constructor(
    private readonly agents: GuestAgentClient,
    private readonly frozen: FrozenGuests,
    private readonly paused: PausedGuests,
  ) {}

  /** Null if no agent answers; undefined for a guest that is held: it cannot answer, and is the same afterwards. @throws LibvirtError if there is no such domain */
  async read(vmId: string): Promise<GuestFacts | null | undefined> {
    if (this.frozen.has(vmId) || this.paused.has(vmId)) return undefined;
    if (!(await this.agents.isThere(vmId))) return null;
    const interfaces = await this.asked(vmId, 'guest-network-get-interfaces', interfacesSchema);
    if (interfaces === null) return null;
    const hostName = await this.asked(vmId, 'guest-get-host-name', hostNameSchema);
    const os = await this.asked(vmId, 'guest-get-osinfo', osSchema);
    const zone = await this.asked(vmId, 'guest-get-timezone', timeZoneSchema);
    return {
      hostName: hostName?.['host-name'] ?? '',
      os: os && {
        name: os.name || os.id,
        version: os['version-id'],
        kernel: os['kernel-release'],
        architecture: os.machine,
        isWindows: os.id === 'mswindows',
      },
      timeZone: zone && { name: zone.zone, offsetSeconds: Math.max(-86_400, Math.min(86_400, zone.offset)) },
      devices: interfaces.flatMap(deviceOf).slice(0, MOST),
    };
  }

  /** Null if no agent answers, or not in this way: agents differ in what they can. */
  private async asked<T>(vmId: string, command: string, schema: z.ZodType<T>): Promise<T | null> {
    try {
      return await this.agents.ask(vmId, command, schema, ANSWERS_WITHIN_S);
    } catch (error) {
      if (error instanceof LibvirtError || error instanceof z.ZodError || error instanceof SyntaxError) return null;
      throw error;
    }
  }
}

/** None for an interface that is not one of the VM's, like the loop-back. */
function deviceOf(one: z.output<typeof interfacesSchema>[number]): GuestDevice[] {
  const mac = one['hardware-address'].toLowerCase();
  if (!MAC.test(mac) || mac === LOOPBACK_MAC) return [];
  const ips = one['ip-addresses'].flatMap(({ 'ip-address': address }) => {
    const version = isIPv4(address) ? 'v4' : isIPv6(address) ? 'v6' : undefined;
    return version ? [{ address, version } as const] : [];
  });
  return [{ name: one.name, mac, ips: ips.slice(0, MOST) }];
}
