import { inspect } from 'node:util';
import { z } from 'zod';

const text = z.string().nullish();

/**
 * How a host reaches a volume: the driver's `data`, flattened beside `driver_volume_type` as the attachments API does it.
 * Names stay Cinder's: os-brick's connectors are described in them. Fields of other drivers are kept as they come.
 */
const connectionInfoSchema = z.looseObject({
  /** `rbd`, `iscsi`, `fibre_channel`, `nvmeof`, `nfs` … */
  driver_volume_type: z.string(),
  attachment_id: text,
  volume_id: text,
  /** rbd: `pool/volume-<id>`. */
  name: text,
  /** rbd: the monitors' addresses, IPv6 without brackets; `ports` belongs to them one by one. */
  hosts: z.array(z.string()).nullish(),
  ports: z.array(z.coerce.string()).nullish(),
  cluster_name: text,
  auth_enabled: z.boolean().nullish(),
  auth_username: text,
  secret_type: text,
  secret_uuid: text,
  /** True if the back end gives space back on discard. */
  discard: z.boolean().nullish(),
  /** `rw` or `ro`. */
  access_mode: text,
  /** Front-end limits that the consumer enforces, for instance `total_iops_sec`. */
  qos_specs: z.record(z.string(), z.coerce.string()).nullish(),
  encrypted: z.boolean().nullish(),
  cacheable: z.boolean().nullish(),
});

export type ConnectionInfo = z.infer<typeof connectionInfoSchema>;

const SECRET_FIELD = /password|passwd|keyring|secret(?!_type|_uuid)|dhchap|psk|token|_key$/i;

function withoutSecrets(info: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(info).map(([name, value]) => [name, SECRET_FIELD.test(name) ? '***' : value]));
}

/** Lets `console.log` and error printers show a connection without its CHAP passwords and keys. JSON keeps them: the host needs them. */
function hideSecrets(info: ConnectionInfo): ConnectionInfo {
  const shown = (): Record<string, unknown> => withoutSecrets(info);
  return Object.defineProperty(info, inspect.custom, { value: shown, enumerable: false });
}

/** An attachment without connector has an empty object here: null for us. */
export const maybeConnectionInfo = z
  .looseObject({ driver_volume_type: z.string().optional() })
  .nullish()
  .transform((raw, context): ConnectionInfo | null => {
    if (raw?.driver_volume_type === undefined) return null;
    const parsed = connectionInfoSchema.safeParse(raw);
    if (parsed.success) return hideSecrets(parsed.data);
    parsed.error.issues.forEach((issue) => context.addIssue({ code: 'custom', message: issue.code, path: issue.path }));
    return z.NEVER;
  });
