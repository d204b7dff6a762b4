import { Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { EventsService } from '../events/events.service';
import type { RequestOrigin } from '../http/request-origin';
import type { CleanLeftover } from './clean-leftover.saga';
import type { Finding } from './leftover.rules';

const SEE = `
  INSERT INTO leftover (id, provider_id, kind, resource_id, name, reason, size_bytes, disk_id, vm_id, parent_id, status, first_seen)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'suspected', clock_timestamp())
  ON CONFLICT (provider_id, kind, resource_id) DO UPDATE SET reason = excluded.reason, name = excluded.name`;

const FORGET = `DELETE FROM leftover WHERE provider_id = $1 AND status <> 'cleaning' AND kind || ' ' || resource_id <> ALL ($2) AND (kind = 'image') = $3`;

const QUARANTINE = `
  UPDATE leftover SET status = 'quarantined'
  WHERE provider_id = $1 AND status = 'suspected' AND first_seen <= clock_timestamp() - $2::float8 * interval '1 millisecond'
  RETURNING kind, resource_id AS "resourceId", name, reason, disk_id AS "diskId", vm_id AS "vmId"`;

const DUE = `SELECT id FROM leftover WHERE status = 'quarantined' AND first_seen <= clock_timestamp() - $1::float8 * interval '1 millisecond'`;

/** Where findings are looked for: what Cinder shows, or what only the storage itself does. */
export type SearchedPlace = 'cinder' | 'storage';

/** Keeps what was found: suspected at first, quarantined and reported when it is still there after a while, forgotten when it is gone. */
@Injectable()
export class LeftoverRecordsService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
    private readonly operations: Operations,
  ) {}

  /** Takes over what one look has found. @param graceMs how long something must be seen before it counts */
  async note(providerId: string, place: SearchedPlace, findings: readonly Finding[], graceMs: number): Promise<void> {
    await this.db.transaction(async (tx) => {
      const keys = findings.map(({ kind, resourceId }) => `${kind} ${resourceId}`);
      await tx.query(FORGET, [providerId, keys, place === 'storage']);
      for (const { kind, resourceId, name, reason, sizeBytes, diskId, vmId, parentId } of findings)
        await tx.query(SEE, [randomUUID(), providerId, kind, resourceId, name, reason, sizeBytes, diskId, vmId, parentId]);
      const [quarantined] = await tx.query<[Finding[], number]>(QUARANTINE, [providerId, graceMs]);
      for (const found of quarantined) await this.report(found, tx);
    });
  }

  /** Begins to clean up all that was seen for this long (ms). */
  async cleanDue(afterMs: number): Promise<void> {
    const due = await this.db.query<{ id: string }[]>(DUE, [afterMs]);
    for (const { id } of due) await this.clean(id, { correlationId: randomUUID() });
  }

  /** Begins to clean up one. @returns the operation's id @throws NotFoundError, ConflictError */
  async clean(leftoverId: string, origin: Pick<RequestOrigin, 'correlationId'> & Partial<RequestOrigin>): Promise<string> {
    const state: Pick<CleanLeftover, 'leftoverId'> = { leftoverId };
    const { id } = await this.operations.start('clean-leftover', state, { ...origin, subjects: [{ type: 'leftover', id: leftoverId }] });
    return id;
  }

  private async report({ kind, resourceId, reason, diskId, vmId }: Finding, tx: EntityManager): Promise<void> {
    const references = { ...(diskId === null ? {} : { diskId }), ...(vmId === null ? {} : { vmId }) };
    await this.events.record('LEFTOVER_FOUND', `The ${kind} ${resourceId} is left over in the storage: ${reason}`, references, tx);
  }
}
