import { AgentError, type Seed } from '@clinker/agent-protocol';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const DEADLINE_MS = 30_000;
const SUFFIX = '.iso';
const WORK = '.work-';

/** libvirt gives the file to QEMU's user, who goes through the folder but does not see what is in it. */
const FOLDER_MODE = 0o711;
const FILE_MODE = 0o600;
const TREE_MODE = 0o700;

/** Discs with what guests are told, one per VM, made by xorriso. They hold passwords, so nobody but root and QEMU reads them. */
export class SeedImages {
  /** @param folder on tmpfs */
  constructor(
    private readonly folder: string,
    private readonly program = 'xorriso',
  ) {}

  path(vmId: string): string {
    return join(this.folder, vmId + SUFFIX);
  }

  /** Makes a VM's disc, in place of an older one. @returns its path @throws AgentError `internal` if xorriso cannot make it */
  async write(vmId: string, { label, files }: Seed): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    await chmod(this.folder, FOLDER_MODE);
    const work = await mkdtemp(join(this.folder, WORK));
    try {
      const [tree, image] = [join(work, 'tree'), join(work, 'image')];
      for (const { path, content } of files) await writeInto(join(tree, path), content);
      await this.make(label, tree, image);
      await chmod(image, FILE_MODE);
      await rename(image, this.path(vmId));
      return this.path(vmId);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }

  async remove(vmId: string): Promise<void> {
    await rm(this.path(vmId), { force: true });
  }

  /** The VMs that have a disc. */
  async vmIds(): Promise<string[]> {
    return (await this.entries()).filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length));
  }

  /** Removes what an agent of before was making when it was killed. Call it before the first {@link write}. */
  async clear(): Promise<void> {
    const left = (await this.entries()).filter((name) => name.startsWith(WORK));
    await Promise.all(left.map((name) => rm(join(this.folder, name), { recursive: true, force: true })));
  }

  private async make(label: string, tree: string, image: string): Promise<void> {
    const options = ['-no_rc', '-as', 'mkisofs', '-quiet', '-R', '-J', '-V', label, '-o', image, tree];
    try {
      await promisify(execFile)(this.program, options, { timeout: DEADLINE_MS, killSignal: 'SIGKILL', env: { PATH: process.env['PATH'] } });
    } catch (cause) {
      throw new AgentError('internal', `the tool '${this.program}' cannot make the disc of the guest's initialization on this host`, {
        cause,
      });
    }
  }

  private async entries(): Promise<string[]> {
    try {
      return await readdir(this.folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}

async function writeInto(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: TREE_MODE });
  await writeFile(path, content, { mode: FILE_MODE });
}
