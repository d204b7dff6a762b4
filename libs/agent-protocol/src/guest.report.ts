import { z } from 'zod';

/** The guest decides what stands here: it is bounded and fit for XML, and may be wrong. */
const told = z.string().max(255);

/** A network interface as the guest sees it. */
export const guestDeviceSchema = z.object({
  name: told,
  mac: z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/),
  ips: z.array(z.object({ address: z.string().max(45), version: z.enum(['v4', 'v6']) })).max(64),
});

/** What a guest tells of itself by its QEMU guest agent. What it does not tell is empty or null. */
export const guestFactsSchema = z.object({
  hostName: told,
  os: z.object({ name: told, version: told, kernel: told, architecture: told, isWindows: z.boolean() }).nullable(),
  /** The offset from UTC in seconds, east of Greenwich positive. */
  timeZone: z.object({ name: told, offsetSeconds: z.number().int().min(-86_400).max(86_400) }).nullable(),
  /** Without its loop-back. */
  devices: z.array(guestDeviceSchema).max(64),
});

/** The facts of a guest; null if no agent answers in it. */
export const guestReportSchema = z.object({ vmId: z.uuid(), facts: guestFactsSchema.nullable() });

export type GuestDevice = z.infer<typeof guestDeviceSchema>;
export type GuestFacts = z.infer<typeof guestFactsSchema>;
export type GuestReport = z.infer<typeof guestReportSchema>;
