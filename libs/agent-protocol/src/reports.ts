import { z } from 'zod';

/** A disk as libvirt's live XML shows it. `diskId` is null for a disk that is not ours (no `ua-<uuid>` alias). */
export const diskReportSchema = z.object({ diskId: z.uuid().nullable(), target: z.string(), source: z.string() });

/** Where a domain's VNC display is to be reached over the network. */
export const consoleAddressSchema = z.object({ address: z.string(), port: z.int().positive() });

/** The reason of a guest's pause that `ensure-guest-paused` has made: short, and no fault. */
export const PAUSED_FOR_SNAPSHOT = 'snapshot';

/** A domain as libvirt shows it, live. `vmId` is the domain's uuid. */
export const domainReportSchema = z.object({
  vmId: z.uuid(),
  name: z.string(),
  state: z.enum(['absent', 'running', 'paused', 'shutting_down', 'shut_off', 'crashed', 'suspended']),
  /** libvirt's reason as a word, e.g. `ioerror`, `user`, `shutdown`; empty if none. Of a pause of ours {@link PAUSED_FOR_SNAPSHOT}. */
  reason: z.string(),
  disks: z.array(diskReportSchema),
  /** Absent if its display cannot be reached. */
  console: consoleAddressSchema.optional(),
});

/** What a host is and can. Memory in bytes. */
export const capabilitiesSchema = z.object({
  hostName: z.string(),
  address: z.string(),
  /** The kernel's boot id: another one means that the host was restarted. */
  bootId: z.string(),
  agentVersion: z.string(),
  libvirtVersion: z.string(),
  qemuVersion: z.string(),
  osName: z.string(),
  osVersion: z.string(),
  kernelVersion: z.string(),
  emulation: z.enum(['kvm', 'qemu']),
  hardwareUuid: z.string().nullable(),
  cpu: z.object({
    name: z.string(),
    architecture: z.string(),
    speedMhz: z.number(),
    sockets: z.number().int(),
    cores: z.number().int(),
    threads: z.number().int(),
  }),
  memoryBytes: z.number().int(),
  /** os-brick's get_connector_properties, key by key; Cinder gets it as the attachment's connector. */
  connector: z.record(z.string(), z.unknown()),
  /** Names of the bridges that the host has. Absent: its agent does not tell. */
  bridges: z.array(z.string()).optional(),
  /** The bridges of networks by the networks' names, as the operator has set them; the bridge of another network has the network's name. */
  networkBridges: z.record(z.string(), z.string()).optional(),
});

/** The host's pulse. Memory in bytes. */
export const heartbeatSchema = z.object({
  bootId: z.string(),
  /** Changes with every start of the agent: the engine then treats the host as newly joined. */
  agentRunId: z.string(),
  libvirtConnected: z.boolean(),
  memoryFreeBytes: z.number().int(),
  secretsVersion: z.number().int().nullable(),
  secretUuids: z.array(z.uuid()),
});

/** Something happened to a domain: a signal to look, not a fact to store. */
export const domainNoticeSchema = z.object({
  vmId: z.uuid(),
  event: z.enum([
    'started',
    'stopped',
    'shut_down',
    'crashed',
    'paused',
    'resumed',
    'device_added',
    'device_removed',
    'device_removal_failed',
    'io_error',
  ]),
  /** Of the device, be it a disk or an interface; null if the notice is about none of ours. */
  diskId: z.uuid().nullable(),
  detail: z.string(),
});

export type ConsoleAddress = z.infer<typeof consoleAddressSchema>;
export type DiskReport = z.infer<typeof diskReportSchema>;
export type DomainReport = z.infer<typeof domainReportSchema>;
export type Capabilities = z.infer<typeof capabilitiesSchema>;
export type Heartbeat = z.infer<typeof heartbeatSchema>;
export type DomainNotice = z.infer<typeof domainNoticeSchema>;
