import { readFile, readdir, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';

/** Reads of the files by which a kernel and its services describe a host. What cannot be read is absent (`null`, or an empty list). */
export class HostFiles {
  /** @param root folder that stands for `/`; another one in tests */
  constructor(private readonly root = '/') {}

  async text(path: string): Promise<string | null> {
    return readFile(join(this.root, path), 'utf8').catch(() => null);
  }

  /** The text without white space around it. */
  async value(path: string): Promise<string | null> {
    return (await this.text(path))?.trim() ?? null;
  }

  async names(path: string): Promise<string[]> {
    const names = await readdir(join(this.root, path)).catch(() => []);
    return names.sort();
  }

  /** Where a symbolic link points, as it is written. */
  async link(path: string): Promise<string | null> {
    return readlink(join(this.root, path)).catch(() => null);
  }

  async exists(path: string): Promise<boolean> {
    return realpath(join(this.root, path)).then(
      () => true,
      () => false,
    );
  }
}
