import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { rowsByIds } from '../database/rows.by-ids';
import type { EventKind } from '../events/event.kinds';
import { EventsService } from '../events/events.service';
import type { DomainCapacity } from './domain.capacity';
import { type Finding, type Health, isLowOnSpace, nextHealth } from './domain.health';
import { domainStatuses } from './domain.statuses';
import { type ExternalStatus, StorageDomain, StorageDomainHealth } from './storage-domain.entity';

/** Whichever engine comes first looks; the others leave the domain alone until it is due again. */
const CLAIM = `
  INSERT INTO storage_domain_health AS health (storage_domain_id, looked_at)
    SELECT id, clock_timestamp() FROM storage_domain WHERE status IN ('active', 'inactive')
  ON CONFLICT (storage_domain_id) DO UPDATE SET looked_at = EXCLUDED.looked_at
    WHERE health.looked_at <= clock_timestamp() - $1 * interval '1 ms'
  RETURNING storage_domain_id AS id`;

const EVENTS: Readonly<Record<ExternalStatus, EventKind>> = { ok: 'DOMAIN_RECOVERED', warning: 'DOMAIN_TROUBLED', error: 'DOMAIN_FAILED' };

const GIB = 2 ** 30;

/** What becomes of domains when their Cinder stops answering, and when it answers again. */
@Injectable()
export class DomainHealthService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
  ) {}

  /** Takes the domains in use that nobody has looked at for so long (ms). */
  async claimDue(everyMs: number): Promise<StorageDomain[]> {
    const due = await this.db.query<{ id: string }[]>(CLAIM, [everyMs]);
    return rowsByIds(
      this.db,
      StorageDomain,
      due.map(({ id }) => id),
    );
  }

  /** Takes over what a look has shown. An operation that has the domain meanwhile knows better. */
  async note(id: string, finding: Finding): Promise<void> {
    await this.db.transaction(async (tx) => {
      const seen = await tx.findOneBy(StorageDomainHealth, { storageDomainId: id });
      const domain = await tx.findOne(StorageDomain, { where: { id }, lock: { mode: 'for_no_key_update' } });
      if (!seen || !domain || !['active', 'inactive'].includes(domain.status)) return;
      const health = nextHealth({ status: domain.externalStatus, contraryLooks: seen.contraryLooks }, finding.status);
      const lowSpace = finding.capacity ? isLowOnSpace(domain, finding.capacity, seen.lowSpace) : seen.lowSpace;
      await tx.update(StorageDomainHealth, { storageDomainId: id }, { contraryLooks: health.contraryLooks, lowSpace });
      if (health.status !== domain.externalStatus) await this.change(tx, domain, health, finding);
      if (finding.capacity) await this.measure(tx, domain, finding.capacity, { now: lowSpace, before: seen.lowSpace });
    });
  }

  private async change(tx: EntityManager, domain: StorageDomain, { status }: Health, { reason }: Finding): Promise<void> {
    const { id, name, dataCenterId } = domain;
    await tx.update(StorageDomain, { id }, { externalStatus: status });
    if (status === 'error') await domainStatuses.move(tx, id, { from: 'active', to: 'inactive' });
    else await domainStatuses.move(tx, id, { from: 'inactive', to: 'active' });
    const texts: Readonly<Record<ExternalStatus, string>> = {
      ok: `The Cinder of Storage Domain ${name} works again.`,
      warning: `Storage Domain ${name} works in part only: ${reason}`,
      error: `Storage Domain ${name} is inactive, because its Cinder does not answer: ${reason}`,
    };
    await this.events.record(EVENTS[status], texts[status], { storageDomainId: id, dataCenterId }, tx);
  }

  private async measure(
    tx: EntityManager,
    domain: StorageDomain,
    { availableBytes, usedBytes }: DomainCapacity,
    low: { readonly now: boolean; readonly before: boolean },
  ): Promise<void> {
    const { id, name, dataCenterId } = domain;
    if (availableBytes !== domain.availableBytes || usedBytes !== domain.usedBytes)
      await tx.update(StorageDomain, { id }, { availableBytes, usedBytes });
    if (!low.now || low.before) return;
    const text = `Warning, Low disk space. ${name} domain has ${Math.floor((availableBytes ?? 0) / GIB)} GB of free space.`;
    await this.events.record('DOMAIN_LOW_SPACE', text, { storageDomainId: id, dataCenterId }, tx);
  }
}
