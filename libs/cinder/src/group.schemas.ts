import { z } from 'zod';
import { maybeText, time } from './cinder.schemas';

export const groupTypeSchema = z
  .object({ id: z.string(), name: z.string(), group_specs: z.record(z.string(), z.string()).nullish() })
  .transform((raw) => ({
    id: raw.id,
    name: raw.name,
    /** Empty for accounts that may not see them: Cinder shows them to administrators. */
    specs: raw.group_specs ?? {},
  }));

export const groupSchema = z
  .object({ id: z.string(), name: maybeText, status: z.string(), created_at: time, volumes: z.array(z.string()).nullish() })
  .transform((raw) => ({
    id: raw.id,
    name: raw.name,
    /** `creating`, `available`, `updating`, `deleting`, `error`, `error_deleting`. */
    status: raw.status,
    createdAt: raw.created_at,
    /** Ids of the volumes that are in it. */
    volumeIds: raw.volumes ?? [],
  }));

export const groupSnapshotSchema = z
  .object({ id: z.string(), group_id: z.string(), status: z.string(), created_at: time })
  .transform((raw) => ({
    id: raw.id,
    groupId: raw.group_id,
    /** `creating`, `available`, `deleting`, `error`. */
    status: raw.status,
    createdAt: raw.created_at,
  }));

export type GroupType = z.infer<typeof groupTypeSchema>;
export type Group = z.infer<typeof groupSchema>;
export type GroupSnapshot = z.infer<typeof groupSnapshotSchema>;
