import { randomUUID } from 'node:crypto';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HostFiles } from './host.files';

const HOST_NQN = 'etc/nvme/hostnqn';
const PROGRAMS = ['usr/sbin/nvme', 'usr/bin/nvme', 'sbin/nvme'];

/**
 * Gives the host an NVMe name of its own if it has nvme-cli and no name yet, as os-brick does while it reads the properties.
 * We do it once at start and by rename, so that nobody sees half a name. The name is formed as nvme-cli does: of the machine's UUID, else a random one.
 */
export async function ensureHostNqn(root = '/'): Promise<void> {
  const files = new HostFiles(root);
  const present = await Promise.all(PROGRAMS.map((program) => files.exists(program)));
  if (!present.includes(true) || (await files.exists(HOST_NQN))) return;
  const uuid = (await files.value('sys/class/dmi/id/product_uuid')) || randomUUID();
  await writeWhole(join(root, HOST_NQN), `nqn.2014-08.org.nvmexpress:uuid:${uuid.toLowerCase()}\n`);
}

async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  const draft = `${path}.${process.pid}`;
  const file = await open(draft, 'w', 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
