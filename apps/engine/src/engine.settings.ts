import { z } from 'zod';
import { durationSetting, readSettings } from '@clinker/settings';
import { oidcSettings, refineOidc } from './accounts/oidc.settings';

const path = z.string().min(1);

/** Everything that the engine is told from outside, as environment variables. Secrets are paths of files. */
const schema = z
  .object({
    /** Where the API listens: `address:port`. */
    CLINKER_HTTP_ADDRESS: z
      .string()
      .regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d+$/, 'address:port')
      .default('0.0.0.0:8443'),
    CLINKER_TLS_CERT: path,
    CLINKER_TLS_KEY: path,
    /** The certificate authority that clients download from `services/pki-resource`. */
    CLINKER_CA: path,
    DATABASE_URL: z.string().startsWith('postgres'),
    REDIS_URL: z.string().startsWith('redis'),
    NATS_URL: z.string().min(1),
    NATS_CA: path,
    NATS_NKEY_SEED_FILE: path,
    /** 32 bytes in hexadecimal: wraps the data keys of everything that is encrypted at rest. */
    CLINKER_KEY_FILE: path,
    /** The password that admin@internal gets when the database is new. */
    CLINKER_ADMIN_PASSWORD_FILE: path,
    CLINKER_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    /** How often hosts report; after three missed reports a host is non_responsive. */
    CLINKER_HEARTBEAT: durationSetting.prefault('2s'),
    /** How long jobs that have finished, and events that report nothing bad, are kept. */
    CLINKER_KEEP_FINISHED: durationSetting.prefault('30d'),
    /** How long jobs that have failed, and warnings and errors among the events, are kept. */
    CLINKER_KEEP_FAILED: durationSetting.prefault('90d'),
    /** How often the Cinders of storage domains in use are looked at. Four looks in a row that fail make a domain inactive, two that succeed active again. */
    CLINKER_PROVIDER_LOOK: durationSetting.prefault('15s'),
    /** How long a volume or a snapshot may be `creating`, `extending`, `retyping` or `deleting` in Cinder before Cinder counts as having lost the work. */
    CLINKER_CINDER_PATIENCE: durationSetting.prefault('1h'),
    /** The same for a volume that begins as a copy: some storages take hours for it. */
    CLINKER_CINDER_COPY_PATIENCE: durationSetting.prefault('6h'),
    /** How often the storage is searched for what is left over, and for disks whose volume is gone. */
    CLINKER_LEFTOVERS_EVERY: durationSetting.prefault('5m'),
    /** How long something must be seen that nothing explains before it counts as left over. */
    CLINKER_LEFTOVERS_GRACE: durationSetting.prefault('15m'),
    /** After this time leftovers are cleaned up by themselves; never, unless given: whoever restores an old database would lose newer disks. */
    CLINKER_LEFTOVERS_CLEANED_AFTER: durationSetting.optional(),
    /** How long after its first failure the restart of a highly available VM is tried again; each further pause is twice as long, up to 20 times this. */
    CLINKER_HA_RETRY: durationSetting.prefault('30s'),
    /** How often the restart of a highly available VM is tried before it is given up. */
    CLINKER_HA_TRIES: z.coerce.number().int().min(1).max(1000).default(10),
    /** How long a log-in token lives without use. */
    CLINKER_TOKEN_LIFETIME: durationSetting.prefault('1h'),
    /** How long a client may take to send a request: slow ones must not hold a connection. */
    CLINKER_REQUEST_TIMEOUT: durationSetting.prefault('30s'),
    ...oidcSettings,
  })
  .superRefine(refineOidc);

export type EngineSettings = z.infer<typeof schema>;

/** The token under which the settings are injected. */
export const ENGINE_SETTINGS = Symbol('EngineSettings');

/** @throws SettingsError that lists what is missing or wrong */
export const readEngineSettings = (environment: NodeJS.ProcessEnv = process.env): EngineSettings => readSettings(schema, environment);
