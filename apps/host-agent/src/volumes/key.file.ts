import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Does some work while a key stands in a file that only root can read: a tool gets it in no other way, not in argv and not in the environment.
 * @param folder on tmpfs
 * @param key base64, as in a keyring; null for a cluster that wants none
 */
export async function withKeyFile<T>(folder: string, key: string | null, work: (path: string | null) => Promise<T>): Promise<T> {
  if (key === null) return work(null);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, randomUUID());
  await writeFile(path, key, { mode: 0o600, flag: 'wx' });
  try {
    return await work(path);
  } finally {
    await rm(path, { force: true });
  }
}
