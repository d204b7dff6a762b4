import { AgentError } from '@clinker/agent-protocol';
import { mkdir, rm, stat, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is left free on the host's disk (bytes). */
const RESERVE = 2 ** 28;

/** How long (ms) a file is kept that nobody asks to remove. */
const KEEP_MS = 86_400_000;

/** The memory of guests on its way between QEMU and volumes: files that only root can read, none of which outlives the agent that made it. */
export class MemoryFiles {
  constructor(private readonly folder: string) {}

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Makes an empty file. @param bytes that it may come to have @throws AgentError `not_enough_space` */
  async create(name: string, bytes: number): Promise<string> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(this.folder);
    if (bavail * bsize < bytes + RESERVE)
      throw new AgentError('not_enough_space', `the memory may take ${bytes} bytes, and ${this.folder} has ${bavail * bsize} left`);
    const path = this.path(name);
    await writeFile(path, '', { mode: 0o600 });
    setTimeout(() => void this.remove(name), KEEP_MS).unref();
    return path;
  }

  async size(name: string): Promise<number> {
    return (await stat(this.path(name))).size;
  }

  /** Gives a file another size: what is new reads as zeros. */
  async resize(name: string, bytes: number): Promise<void> {
    await truncate(this.path(name), bytes);
  }

  async remove(name: string): Promise<void> {
    await rm(this.path(name), { force: true });
  }

  /** Removes what an agent of before has left. */
  async clear(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
