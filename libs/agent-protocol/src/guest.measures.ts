import { z } from 'zod';

const rate = z.number().min(0);

/** What a disk of a guest does, for as long as was measured. Latencies are the mean time (s) that a request took; 0 if there was none. */
export const diskMeasuresSchema = z.object({
  diskId: z.uuid(),
  readBytesPerSecond: rate,
  writtenBytesPerSecond: rate,
  readLatency: rate,
  writeLatency: rate,
  flushLatency: rate,
});

/** What a guest uses of its host, for as long as was measured: a second at least, a minute at most. */
export const guestMeasuresSchema = z.object({
  vmId: z.uuid(),
  /** Per cent of all its virtual CPUs; `hypervisor` is what the kernel of the host needs for them. */
  cpu: z.object({ guest: rate.max(100), hypervisor: rate.max(100) }),
  /** Bytes, as the guest's balloon driver says; null if there is none in it. `cached` is part of what is used. */
  memory: z.object({ used: rate, free: rate, cached: rate }).nullable(),
  /** What the host has in memory for the guest (bytes). */
  residentBytes: rate,
  /** In both directions together. */
  networkBytesPerSecond: rate,
  disks: z.array(diskMeasuresSchema),
});

export type DiskMeasures = z.infer<typeof diskMeasuresSchema>;
export type GuestMeasures = z.infer<typeof guestMeasuresSchema>;
