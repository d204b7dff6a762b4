import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The settings of a daemon do not fit; the message lists every variable that is wrong, and no value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Reads a daemon's settings from environment variables by one zod schema.
 * @throws SettingsError with a line for every variable that is missing or wrong
 */
export function readSettings<T extends z.ZodObject>(schema: T, environment: NodeJS.ProcessEnv = process.env): z.infer<T> {
  const known = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, environment[name] || undefined]));
  const parsed = schema.safeParse(known);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new SettingsError(`These settings are missing or wrong:\n  ${lines.join('\n  ')}`);
}

/** A file's text, without the white space around it: secrets come from files (systemd credentials), never from the environment itself. */
export function readSecretFile(path: string): string {
  const text = readFileSync(path, 'utf8').trim();
  if (!text) throw new SettingsError(`The file ${path} is empty`);
  return text;
}

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration as people write it (`500ms`, `2s`, `5m`, `1h`, `30d`), in milliseconds. */
export const durationSetting = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/, 'a duration such as 500ms, 2s, 5m, 1h or 30d')
  .transform((text) => Number.parseInt(text, 10) * (UNITS[text.replace(/^\d+/, '')] ?? 1));
