import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Which guests were frozen, for the case that the agent dies meanwhile: one empty file for each, made before the guest is asked. */
export class FrozenGuestFiles {
  constructor(private readonly folder: string) {}

  async add(vmId: string): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFile(join(this.folder, vmId), '');
  }

  async remove(vmId: string): Promise<void> {
    await rm(join(this.folder, vmId), { force: true });
  }

  async all(): Promise<string[]> {
    try {
      return await readdir(this.folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}
