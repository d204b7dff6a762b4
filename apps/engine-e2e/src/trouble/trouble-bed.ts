import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApiAnswer, faultDetail } from '../api.client';
import { Audit } from '../audit';
import { Installation } from '../installation';
import { lab, labValue } from '../lab';

/** Longer than any trouble: parts of the lab are killed and started again. */
export const TROUBLE_MS = 180_000;

/** A user whose storage is in order before, and an audit for after. */
export class TroubleBed {
  readonly user = new Installation();
  private opened: Audit | undefined;

  get api(): Installation['api'] {
    return this.user.api;
  }

  get audit(): Audit {
    if (!this.opened) throw new Error('The bed is not open');
    return this.opened;
  }

  async open(): Promise<void> {
    this.opened = await Audit.open();
    await this.user.ensureStorage();
    await this.user.hostsAre('up');
  }

  /** What a test has made is removed, and afterwards nothing may be left anywhere. */
  async settle(withinMs?: number): Promise<void> {
    await this.user.cleanUp();
    await this.audit.agrees(withinMs);
  }

  async close(): Promise<void> {
    await Promise.all([this.opened?.close(), this.user.api.close()]);
  }

  /** A VM with a bootable disk, down. */
  async vmWithDisk(changes: object = {}, disk: object = {}): Promise<{ vmId: string; diskId: string }> {
    const [vmId, diskId] = await Promise.all([this.user.vm(changes), this.user.disk(disk)]);
    await this.user.attach(vmId, diskId, { bootable: 'true' });
    return { vmId, diskId };
  }

  /** The database's clock. */
  async now(): Promise<Date> {
    const { rows } = await this.audit.database.query<{ now: Date }>('SELECT clock_timestamp() AS now');
    return rows[0]!.now;
  }

  /** The stop reason of a VM whose start has failed. */
  async startFails(vmId: string, withinMs?: number): Promise<string> {
    await this.user.vmIs(vmId, 'down', withinMs);
    return (await this.api.get(`/vms/${vmId}`)).body['stop_reason'] ?? '';
  }
}

/** A refusal as status and detail, to be compared at once. */
export const refusal = (answer: ApiAnswer): { status: number; detail: string } => ({ status: answer.status, detail: faultDetail(answer) });

/** What a refusal looks like. */
export const refused = (status: number, detail: string | RegExp): unknown => ({
  status,
  detail: (typeof detail === 'string' ? expect.stringContaining(detail) : expect.stringMatching(detail)) as unknown,
});

/**
 * Runs something while parts of the lab are dead, and starts them again whatever happens.
 * @param group the lab's name for all of them, if none of them can run alone
 */
export async function withDead<T>(parts: readonly string[], work: () => Promise<T>, group?: string): Promise<T> {
  try {
    await Promise.all(parts.map((part) => lab('kill', part)));
    return await work();
  } finally {
    for (const name of group ? [group] : parts) await lab('start', name);
  }
}

/** Runs something while a part of the lab stands still, and lets it go on whatever happens. What is sent to it waits. */
export async function withFrozen<T>(part: string, work: () => Promise<T>): Promise<T> {
  const { pid } = JSON.parse(await readFile(join(labValue('LAB_FOLDER'), 'pids', `${part}.json`), 'utf8')) as { pid: number };
  try {
    process.kill(pid, 'SIGSTOP');
    return await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}
