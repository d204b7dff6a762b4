import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { EntityManager } from 'typeorm';
import { z } from 'zod';

import { RetryLater } from '../saga-errors';
import type { Saga, SagaOutcome, Step } from '../saga.types';

/**
 * A folder as the world outside the database. Like Cinder it takes no client's id: every file gets a name of its own,
 * so work that is done twice by mistake shows as two files of one widget.
 */
export class WidgetFolder {
  constructor(readonly path: string) {}

  async create(): Promise<void> {
    await mkdir(this.path, { recursive: true });
  }

  async make(widgetId: string): Promise<string> {
    const name = `${widgetId}.${randomUUID()}`;
    await writeFile(join(this.path, name), '');
    return name;
  }

  async filesOf(widgetId: string): Promise<string[]> {
    return (await readdir(this.path)).filter((name) => name.startsWith(`${widgetId}.`));
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.path, name), { force: true });
  }

  /** A file becomes usable 20 ms after it was made. */
  async isUsable(name: string): Promise<boolean> {
    return Date.now() - (await stat(join(this.path, name))).mtimeMs > 20;
  }
}

export const widgetTable = `
  CREATE TABLE widget (id uuid PRIMARY KEY, status text NOT NULL, file text);
  CREATE TABLE widget_event (widget_id uuid NOT NULL, text text NOT NULL)`;

const widgetState = z.object({ widgetId: z.uuid(), file: z.string().optional() });
export type WidgetState = z.infer<typeof widgetState>;

/** Shaped like the creation of a disk: lock, find or create, wait, unlock. */
export class MakeWidgetSaga implements Saga<WidgetState> {
  readonly name = 'make-widget';
  readonly state = widgetState;
  readonly steps: Step<WidgetState>[] = [
    { kind: 'transaction', name: 'record the widget as locked', run: (s, tx) => this.record(s, tx), undo: (s, tx) => this.forget(s, tx) },
    { kind: 'call', name: 'make the file', run: (s) => this.make(s), undo: (s) => this.unmake(s) },
    { kind: 'wait', name: 'wait for the file', until: (s) => this.isUsable(s), every: '10ms', within: '30s' },
    { kind: 'transaction', name: 'note the file', run: (s, tx) => this.note(s, tx) },
    { kind: 'call', name: 'check the file', run: (s) => this.check(s) },
    { kind: 'transaction', name: 'unlock the widget', run: (s, tx) => this.unlock(s, tx) },
  ];

  constructor(private readonly folder: WidgetFolder) {}

  describe({ widgetId }: WidgetState): string {
    return `Making widget ${widgetId}`;
  }

  async ended({ widgetId }: WidgetState, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    await tx.query('INSERT INTO widget_event VALUES ($1, $2)', [widgetId, outcome.status]);
  }

  private async record({ widgetId }: WidgetState, tx: EntityManager): Promise<void> {
    await tx.query(`INSERT INTO widget VALUES ($1, 'locked')`, [widgetId]);
  }

  private async forget({ widgetId }: WidgetState, tx: EntityManager): Promise<void> {
    await tx.query('DELETE FROM widget WHERE id = $1', [widgetId]);
  }

  private async make({ widgetId }: WidgetState): Promise<Partial<WidgetState>> {
    const [found] = await this.folder.filesOf(widgetId);
    return { file: found ?? (await this.folder.make(widgetId)) };
  }

  private async unmake({ widgetId }: WidgetState): Promise<void> {
    const files = await this.folder.filesOf(widgetId);
    if (files.length === 0) return;
    await Promise.all(files.map((file) => this.folder.remove(file)));
    throw new RetryLater('The file is still being removed', { afterMs: 5 });
  }

  private async isUsable({ file }: WidgetState): Promise<boolean> {
    return this.folder.isUsable(file ?? '');
  }

  private async note({ widgetId, file }: WidgetState, tx: EntityManager): Promise<void> {
    await tx.query('UPDATE widget SET file = $2 WHERE id = $1', [widgetId, file]);
  }

  private async check({ widgetId, file }: WidgetState): Promise<void> {
    const files = await this.folder.filesOf(widgetId);
    if (files.length !== 1 || files[0] !== file) throw new Error(`Widget ${widgetId} has the files ${files.join(', ')}`);
  }

  private async unlock({ widgetId }: WidgetState, tx: EntityManager): Promise<void> {
    await tx.query(`UPDATE widget SET status = 'ok' WHERE id = $1 AND status = 'locked'`, [widgetId]);
  }
}

/** Shaped like the removal of a disk: once the file is being removed there is no way back. */
export class RemoveWidgetSaga implements Saga<WidgetState> {
  readonly name = 'remove-widget';
  readonly state = widgetState;
  readonly pointOfNoReturn = 'remove the file';
  readonly steps: Step<WidgetState>[] = [
    { kind: 'transaction', name: 'lock the widget', run: (s, tx) => this.lock(s, tx), undo: (s, tx) => this.unlock(s, tx) },
    { kind: 'call', name: 'find the file', run: (s) => this.find(s) },
    { kind: 'call', name: 'remove the file', run: (s) => this.remove(s) },
    { kind: 'transaction', name: 'forget the widget', run: (s, tx) => this.forget(s, tx) },
  ];

  constructor(private readonly folder: WidgetFolder) {}

  describe({ widgetId }: WidgetState): string {
    return `Removing widget ${widgetId}`;
  }

  private async lock({ widgetId }: WidgetState, tx: EntityManager): Promise<void> {
    const sql = `UPDATE widget SET status = 'locked' WHERE id = $1 AND status = 'ok'`;
    const [, affected] = await tx.query<[unknown, number]>(sql, [widgetId]);
    if (affected === 0) throw new Error(`Widget ${widgetId} is locked`);
  }

  private async unlock({ widgetId }: WidgetState, tx: EntityManager): Promise<void> {
    await tx.query(`UPDATE widget SET status = 'ok' WHERE id = $1`, [widgetId]);
  }

  private async find({ widgetId }: WidgetState): Promise<Partial<WidgetState>> {
    const [file] = await this.folder.filesOf(widgetId);
    if (!file) throw new Error(`Widget ${widgetId} has no file`);
    return { file };
  }

  private async remove({ file }: WidgetState): Promise<void> {
    await this.folder.remove(file ?? '');
  }

  private async forget({ widgetId }: WidgetState, tx: EntityManager): Promise<void> {
    await tx.query('DELETE FROM widget WHERE id = $1', [widgetId]);
  }
}
