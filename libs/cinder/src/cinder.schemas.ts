import { z } from 'zod';
import { maybeConnectionInfo } from './connection-info.schema';

/** Cinder writes UTC without saying so: `2026-11-21T07:35:00.123456`. */
export function cinderTime(value: string): Date {
  return new Date(/(Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`);
}

export const time = z.string().transform((value, context) => {
  const parsed = cinderTime(value);
  if (!Number.isNaN(parsed.getTime())) return parsed;
  context.addIssue({ code: 'custom', message: 'not a time' });
  return z.NEVER;
});
const maybeTime = z
  .union([time, z.literal('').transform(() => null)])
  .nullish()
  .transform((value) => value ?? null);
export const maybeText = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
const metadata = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});
const flag = z
  .union([z.boolean(), z.string().transform((value) => value === 'true')])
  .nullish()
  .transform((value) => value ?? false);

const volumeAttachmentSchema = z
  .object({ attachment_id: z.string(), server_id: z.string().nullish(), host_name: z.string().nullish(), device: z.string().nullish() })
  .transform((raw) => ({
    attachmentId: raw.attachment_id,
    serverId: raw.server_id ?? null,
    hostName: raw.host_name ?? null,
    device: raw.device ?? null,
  }));

export const volumeSchema = z
  .object({
    id: z.string(),
    name: maybeText,
    description: maybeText,
    status: z.string(),
    size: z.int(),
    volume_type: maybeText,
    volume_type_id: maybeText,
    metadata,
    snapshot_id: maybeText,
    source_volid: maybeText,
    availability_zone: maybeText,
    attachments: z.array(volumeAttachmentSchema),
    bootable: flag,
    encrypted: flag,
    multiattach: flag,
    migration_status: maybeText,
    'os-vol-host-attr:host': maybeText,
    created_at: time,
    updated_at: maybeTime,
  })
  .transform((raw) => ({
    id: raw.id,
    /** Not unique in Cinder. */
    name: raw.name,
    description: raw.description,
    /** Cinder's own word; volumeState() sorts them. */
    status: raw.status,
    sizeGiB: raw.size,
    /** The type's name; before API 3.63 it may be its id. */
    volumeType: raw.volume_type,
    volumeTypeId: raw.volume_type_id,
    metadata: raw.metadata,
    snapshotId: raw.snapshot_id,
    sourceVolumeId: raw.source_volid,
    availabilityZone: raw.availability_zone,
    /** Only completed attachments; ask attachments() for all. */
    attachments: raw.attachments,
    bootable: raw.bootable,
    encrypted: raw.encrypted,
    multiattach: raw.multiattach,
    migrationStatus: raw.migration_status,
    /** Where it is, as `host@backend#pool`. Cinder tells it to administrators only: otherwise null. */
    host: raw['os-vol-host-attr:host'],
    createdAt: raw.created_at,
    updatedAt: raw.updated_at,
  }));

export const attachmentSchema = z
  .object({
    id: z.string(),
    status: z.string(),
    volume_id: z.string(),
    instance: maybeText,
    attach_mode: maybeText,
    attached_at: maybeTime,
    connection_info: maybeConnectionInfo,
  })
  .transform((raw) => ({
    id: raw.id,
    /** `reserved`, `attaching`, `attached`, `detached`, `error_attaching`, `error_detaching`, `deleted`. */
    status: raw.status,
    volumeId: raw.volume_id,
    instanceId: raw.instance,
    /** `rw`, `ro`, or null as long as nobody has said. */
    mode: raw.attach_mode === 'null' ? null : raw.attach_mode,
    attachedAt: raw.attached_at,
    /** Null before a connector was given. May hold secrets (CHAP, keys): never log it. */
    connectionInfo: raw.connection_info,
  }));

export const volumeTypeSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    description: maybeText,
    is_public: z.boolean().nullish(),
    extra_specs: z.record(z.string(), z.string()).nullish(),
  })
  .transform((raw) => ({
    id: raw.id,
    name: raw.name,
    description: raw.description,
    isPublic: raw.is_public ?? true,
    /** Only what the account may see: plain users get a few of them. */
    extraSpecs: raw.extra_specs ?? {},
  }));

export const snapshotSchema = z
  .object({
    id: z.string(),
    volume_id: z.string(),
    name: maybeText,
    description: maybeText,
    status: z.string(),
    size: z.int(),
    metadata,
    group_snapshot_id: maybeText,
    created_at: time,
    updated_at: maybeTime,
  })
  .transform((raw) => ({
    id: raw.id,
    volumeId: raw.volume_id,
    name: raw.name,
    description: raw.description,
    status: raw.status,
    sizeGiB: raw.size,
    metadata: raw.metadata,
    /** The group snapshot that it is part of: then it can only be deleted with the others of it. */
    groupSnapshotId: raw.group_snapshot_id,
    createdAt: raw.created_at,
    updatedAt: raw.updated_at,
  }));

/** Back ends report numbers, `infinite` or `unknown`. */
const capacity = z
  .union([z.number(), z.string()])
  .nullish()
  .transform((value) => (typeof value === 'number' ? value : value === 'infinite' ? Infinity : null));

const capabilitiesSchema = z
  .object({
    volume_backend_name: maybeText,
    storage_protocol: maybeText,
    driver_version: maybeText,
    backend_state: maybeText,
    location_info: maybeText,
    total_capacity_gb: capacity,
    free_capacity_gb: capacity,
    thin_provisioning_support: flag,
    multiattach: flag,
  })
  .transform((raw) => ({
    volumeBackendName: raw.volume_backend_name,
    storageProtocol: raw.storage_protocol,
    driverVersion: raw.driver_version,
    backendState: raw.backend_state,
    /** rbd: `ceph:<conf>:<fsid>:<user>:<pool>`. */
    locationInfo: raw.location_info,
    /** Null when the back end does not know, Infinity when it says so. */
    totalGiB: raw.total_capacity_gb,
    freeGiB: raw.free_capacity_gb,
    thinProvisioning: raw.thin_provisioning_support,
    multiattach: raw.multiattach,
  }));

/** `name` is `host@backend#pool`. */
export const poolSchema = z
  .object({ name: z.string(), capabilities: capabilitiesSchema })
  .transform(({ name, capabilities }) => ({ name, ...capabilities }));

/** Cinder's -1 is "as many as you like": null for us. */
const maximum = z
  .number()
  .nullish()
  .transform((value) => (value == null || value < 0 ? null : value));
const usage = z
  .number()
  .nullish()
  .transform((value) => value ?? null);

export const limitsSchema = z
  .object({
    maxTotalVolumes: maximum,
    totalVolumesUsed: usage,
    maxTotalVolumeGigabytes: maximum,
    totalGigabytesUsed: usage,
    maxTotalSnapshots: maximum,
    totalSnapshotsUsed: usage,
  })
  .transform((raw) => ({
    volumes: { max: raw.maxTotalVolumes, used: raw.totalVolumesUsed },
    gigabytes: { max: raw.maxTotalVolumeGigabytes, used: raw.totalGigabytesUsed },
    snapshots: { max: raw.maxTotalSnapshots, used: raw.totalSnapshotsUsed },
  }));

const quotaSchema = z
  .object({ limit: maximum, in_use: z.number(), reserved: z.number() })
  .transform((raw) => ({ max: raw.limit, used: raw.in_use, reserved: raw.reserved }));

/** Besides the quotas there is the project's id in it. */
export const quotaSetSchema = z
  .record(z.string(), z.union([quotaSchema, z.string().transform(() => null)]))
  .transform((set) => new Map(Object.entries(set).flatMap(([name, quota]) => (quota === null ? [] : [[name, quota] as const]))));

export const messageSchema = z
  .object({
    id: z.string(),
    user_message: z.string(),
    message_level: z.string(),
    event_id: maybeText,
    resource_uuid: maybeText,
    request_id: maybeText,
    created_at: time,
  })
  .transform((raw) => ({
    id: raw.id,
    text: raw.user_message,
    level: raw.message_level,
    eventId: raw.event_id,
    resourceId: raw.resource_uuid,
    requestId: raw.request_id,
    createdAt: raw.created_at,
  }));

/** `GET /v3/`. */
export const versionsSchema = z.object({ versions: z.array(z.object({ id: z.string(), version: z.string(), min_version: z.string() })) });

export type Volume = z.infer<typeof volumeSchema>;
/** One use of a volume by one instance on one host. */
export type Attachment = z.infer<typeof attachmentSchema>;
export type VolumeType = z.infer<typeof volumeTypeSchema>;
export type Snapshot = z.infer<typeof snapshotSchema>;
export type Pool = z.infer<typeof poolSchema>;
/** A project's limits; `max` null means unlimited, `used` null means that Cinder does not tell. */
export type Limits = z.infer<typeof limitsSchema>;
/** Quotas by Cinder's names (`volumes`, `gigabytes`, `per_volume_gigabytes`, `volumes_<type>` …); `max` null means unlimited. */
export type QuotaSet = z.infer<typeof quotaSetSchema>;
/** What Cinder tells a user about something that failed in the background. */
export type UserMessage = z.infer<typeof messageSchema>;
