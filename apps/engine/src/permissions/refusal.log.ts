import { Injectable } from '@nestjs/common';
import { EventsService } from '../events/events.service';
import type { EventReferences } from '../events/events.service';
import type { ObjectReference } from './object.tree';

/** How long (ms) the same refusal is not told again. */
const QUIET_MS = 60_000;

/** How many refusals are told in that time, whatever they are: who is refused a lot must not fill the events. */
const MOST = 100;

const REFERENCE: Partial<Record<ObjectReference['type'], keyof EventReferences>> = {
  data_center: 'dataCenterId',
  cluster: 'clusterId',
  host: 'hostId',
  storage_domain: 'storageDomainId',
  disk: 'diskId',
  vm: 'vmId',
  template: 'templateId',
};

/** Tells by events what was refused to whom, each thing once in a while. */
@Injectable()
export class RefusalLog {
  private readonly told = new Map<string, number>();

  constructor(private readonly events: EventsService) {}

  /** @param what the permit or the request that was refused */
  async record(accountId: string, what: string, object?: ObjectReference): Promise<void> {
    if (!this.isNews(`${accountId} ${what} ${object?.id ?? ''}`)) return;
    const reference = object && REFERENCE[object.type];
    const place = object && object.type !== 'system' ? ` on ${object.type} ${object.id}` : '';
    await this.events.record('USER_NOT_AUTHORIZED', `User is not authorized to perform this action: ${what}${place}.`, {
      userId: accountId,
      ...(reference ? { [reference]: object.id } : {}),
    });
  }

  private isNews(key: string): boolean {
    const now = Date.now();
    for (const [known, until] of this.told) if (until <= now) this.told.delete(known);
    if (this.told.has(key) || this.told.size >= MOST) return false;
    this.told.set(key, now + QUIET_MS);
    return true;
  }
}
