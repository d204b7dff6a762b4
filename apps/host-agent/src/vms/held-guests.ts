import type { Logger } from '@clinker/logging';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A guest that could not be let go is tried again after so long (ms). */
const AGAIN_MS = 1_000;

/** Lets a guest go. @returns whether it was held until now @throws LibvirtError if that cannot be done now */
export type LetGo = (vmId: string) => Promise<boolean>;

/**
 * Guests that are held, and that go on whatever happens: when whoever holds them says so, when their time is over, and at the agent's start those
 * that an agent of before has left. There is an empty file for each, made before anything is done to the guest.
 */
class HeldGuests {
  private readonly watchdogs = new Map<string, NodeJS.Timeout>();
  private readonly holds = new Map<string, symbol>();
  private letGo: LetGo = () => Promise.resolve(false);

  /** @param folder for the files */
  constructor(
    private readonly folder: string,
    private readonly logger: Logger,
  ) {}

  /** Lets all go that are left from before. @param letGo how, also from now on */
  async start(letGo: LetGo): Promise<void> {
    this.letGo = letGo;
    for (const vmId of await this.left()) this.letGoAfter(vmId, 0);
  }

  stop(): void {
    this.watchdogs.forEach((watchdog) => clearTimeout(watchdog));
  }

  has(vmId: string): boolean {
    return this.watchdogs.has(vmId);
  }

  /** What is the same as long as the guest is held without a break; undefined for one that is not, or that an agent of before has left. */
  holdOf(vmId: string): symbol | undefined {
    return this.holds.get(vmId);
  }

  /** Call it before the guest is let go: whether that comes about or not, it may have gone on. */
  breakHold(vmId: string): void {
    this.holds.delete(vmId);
  }

  /** Call it before the guest is held. One that is held already gets the whole time (ms) anew. */
  async add(vmId: string, afterMs: number): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFile(join(this.folder, vmId), '');
    if (!this.has(vmId)) this.holds.set(vmId, Symbol(vmId));
    this.letGoAfter(vmId, afterMs);
  }

  /** The watchdog: it needs nobody. */
  letGoAfter(vmId: string, afterMs: number): void {
    clearTimeout(this.watchdogs.get(vmId));
    const watchdog = setTimeout(() => void this.letGoByItself(vmId), afterMs).unref();
    this.watchdogs.set(vmId, watchdog);
  }

  /** Call it when the guest goes on for certain, or has ended. */
  async forget(vmId: string): Promise<void> {
    this.breakHold(vmId);
    clearTimeout(this.watchdogs.get(vmId));
    this.watchdogs.delete(vmId);
    await rm(join(this.folder, vmId), { force: true });
  }

  private async letGoByItself(vmId: string): Promise<void> {
    try {
      const wasHeld = await this.letGo(vmId);
      this.logger.warn({ vmId, wasHeld }, 'A guest was let go because nobody else did');
    } catch (error) {
      this.logger.warn({ vmId, err: error }, 'A guest could not be let go; it is tried again');
      this.letGoAfter(vmId, AGAIN_MS);
    }
  }

  private async left(): Promise<string[]> {
    try {
      return await readdir(this.folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}

/** Guests whose file systems are frozen. */
export class FrozenGuests extends HeldGuests {}

/** Guests whose CPUs stand still. */
export class PausedGuests extends HeldGuests {}
