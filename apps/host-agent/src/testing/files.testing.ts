import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder that stands for a host's root. */
export class FileTree {
  private constructor(readonly root: string) {}

  static async create(files: Record<string, string> = {}): Promise<FileTree> {
    const tree = new FileTree(await mkdtemp(join(tmpdir(), 'clinker-tree-')));
    for (const [path, text] of Object.entries(files)) await tree.write(path, text);
    return tree;
  }

  async write(path: string, text: string): Promise<void> {
    await this.folder(dirname(path));
    await writeFile(join(this.root, path), text);
  }

  async folder(path: string): Promise<void> {
    await mkdir(join(this.root, path), { recursive: true });
  }

  async link(path: string, target: string): Promise<void> {
    await this.folder(dirname(path));
    await symlink(target, join(this.root, path));
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}
