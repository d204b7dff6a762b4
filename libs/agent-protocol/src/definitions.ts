import { z } from 'zod';

/** A monitor of a Ceph cluster. `host` is a name or address, IPv6 without brackets; no port means: try 3300 and 6789. */
export const monitorSchema = z.object({ host: z.string().min(1), port: z.number().int().min(1).max(65535).nullable() });

/** An RBD image that QEMU opens through librbd. `image` is `pool/name`; `clusterId` names the cluster for conf files and secrets. */
export const rbdSourceSchema = z.object({
  kind: z.literal('rbd'),
  clusterId: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
  image: z.string().regex(/^[^/@\s]+(\/[^/@\s]+)?\/[^/@\s]+$/),
  monitors: z.array(monitorSchema).min(1),
  user: z.string().min(1).nullable(),
  secretUuid: z.uuid().nullable(),
});

/** Where a disk's data are. One kind now; block devices and files follow as further members of the union. */
export const diskSourceSchema = z.discriminatedUnion('kind', [rbdSourceSchema]);

/** One side of a copy: a volume as a host opens it. */
export const volumeSideSchema = z.object({
  volumeId: z.uuid(),
  source: diskSourceSchema,
  /** Bytes that the image must have; another size is refused. */
  sizeBytes: z.number().int().positive(),
});

/** The memory of a guest in a volume: its first `imageBytes`. */
export const savedMemorySchema = volumeSideSchema.extend({ imageBytes: z.number().int().positive() });

/** What a disk may do in a second, by the names of libvirt's `iotune`: bytes, and operations. A total excludes its parts. */
export const ioLimitsSchema = z.partialRecord(
  z.enum(['total_bytes_sec', 'read_bytes_sec', 'write_bytes_sec', 'total_iops_sec', 'read_iops_sec', 'write_iops_sec']),
  z.number().int().positive(),
);

/** A disk as a guest sees it. Its alias is `ua-<diskId>` and its serial the disk id. */
export const diskDefinitionSchema = z.object({
  diskId: z.uuid(),
  volumeId: z.uuid(),
  source: diskSourceSchema,
  /** Bytes that the image must have; another size is refused. */
  sizeBytes: z.number().int().positive(),
  interface: z.enum(['virtio', 'virtio_scsi']),
  readOnly: z.boolean(),
  shareable: z.boolean(),
  passDiscard: z.boolean(),
  cache: z.enum(['none', 'writeback', 'writethrough', 'directsync', 'unsafe']),
  /** What QEMU does on an I/O error: stop the guest, or report the error to it. */
  errorPolicy: z.enum(['stop', 'report']),
  /** Place in the boot order, from 1; null if it is not booted from. */
  bootOrder: z.number().int().min(1).nullable(),
  /** Absent: no limits. */
  ioLimits: ioLimitsSchema.optional(),
});

/** An interface as a guest sees it. Its alias is `ua-<nicId>`. */
export const nicDefinitionSchema = z.object({
  nicId: z.uuid(),
  /** As `56:6f:00:00:00:01`. */
  mac: z.string().regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/),
  model: z.enum(['virtio', 'e1000', 'rtl8139']),
  /** The host's bridge, by the kernel's name of it; null: the interface is connected to nothing. */
  bridge: z
    .string()
    .regex(/^[^/\s]{1,15}$/)
    .nullable(),
  /** Whether the guest sees a cable in it. */
  linked: z.boolean(),
  /** Bytes; null for what the bridge has. */
  mtu: z.number().int().positive().nullable(),
});

/** A virtual machine as the host starts it. Whether it runs under KVM or emulation is the host's setting. */
export const vmDefinitionSchema = z.object({
  vmId: z.uuid(),
  name: z.string().min(1),
  memoryBytes: z.number().int().positive(),
  cpu: z.object({ sockets: z.number().int().min(1), cores: z.number().int().min(1), threads: z.number().int().min(1) }),
  os: z.object({
    /** Paths on the host for a direct kernel boot (oVirt's os.kernel, os.initrd, os.cmdline). */
    kernel: z.string().nullable(),
    initrd: z.string().nullable(),
    cmdline: z.string().nullable(),
    bootDevices: z.array(z.enum(['hd', 'cdrom', 'network'])),
  }),
  disks: z.array(diskDefinitionSchema),
  nics: z.array(nicDefinitionSchema),
});

/**
 * What a guest reads when it is started for the first time: the files of a read-only disc, with its label. They may hold passwords: they stay on the
 * TLS connection, in memory, and in a file of the host that nobody but root and QEMU reads and that ends with the domain.
 */
export const seedSchema = z.object({
  label: z.string().regex(/^[a-z0-9-]{1,32}$/),
  files: z
    .array(z.object({ path: z.string().regex(/^[a-z0-9_]+(\.[a-z0-9]+)?(\/[a-z0-9_]+(\.[a-z0-9]+)?)*$/), content: z.string() }))
    .min(1),
});

/** A libvirt secret. `value` is base64 of the key's bytes and never leaves memory, the TLS connection and libvirt. */
export const secretDefinitionSchema = z.object({
  uuid: z.uuid(),
  usageType: z.literal('ceph'),
  /** `clinker/<provider id>/<uuid>`: unique per cluster and user, and the mark of what is ours on a host. */
  usageName: z.string().min(1),
  description: z.string(),
  value: z.base64(),
});

/** All secrets that a host shall have. Ours that are not in it are removed. */
export const secretSetSchema = z.object({ version: z.number().int().min(0), secrets: z.array(secretDefinitionSchema) });

export type Monitor = z.infer<typeof monitorSchema>;
export type RbdSource = z.infer<typeof rbdSourceSchema>;
export type DiskSource = z.infer<typeof diskSourceSchema>;
export type DiskDefinition = z.infer<typeof diskDefinitionSchema>;
export type NicDefinition = z.infer<typeof nicDefinitionSchema>;
export type VolumeSide = z.infer<typeof volumeSideSchema>;
export type SavedMemory = z.infer<typeof savedMemorySchema>;
export type VmDefinition = z.infer<typeof vmDefinitionSchema>;
export type Seed = z.infer<typeof seedSchema>;
export type SecretDefinition = z.infer<typeof secretDefinitionSchema>;
export type SecretSet = z.infer<typeof secretSetSchema>;

/** The prefix of the usage name of every secret that is ours. */
export const SECRET_USAGE_PREFIX = 'clinker/';
