import { messages, renderMessage } from '@clinker/ovirt-api';
import { type EntityManager, In } from 'typeorm';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { StorageDomain, type StorageDomainStatus } from './storage-domain.entity';

/** Statuses in which an operation has the domain. */
const BUSY: readonly StorageDomainStatus[] = ['activating', 'preparing_for_maintenance'];

/** What is being done to a domain, for the text of a refusal. */
export interface DomainAction {
  /** A verb: `activate`. */
  readonly action: string;
  /** What it is done to, if not to the domain itself: `Provider`. */
  readonly type?: string;
  readonly allowed: readonly StorageDomainStatus[];
}

const shown = (status: string): string => status.charAt(0).toUpperCase() + status.slice(1).replaceAll('_', ' ');

const refusal = (status: StorageDomainStatus, action: string, type: string): string =>
  BUSY.includes(status)
    ? renderMessage(messages.OBJECT_LOCKED, { action, type })
    : renderMessage(messages.STORAGE_DOMAIN_STATUS_ILLEGAL, { action, type, status: shown(status) });

/**
 * Takes the domain's row for this transaction, so that its status can be changed.
 * @throws NotFoundError, ConflictError if it is in no status that the action allows
 */
export async function takeDomain(
  tx: EntityManager,
  id: string,
  { action, type = 'Storage Domain', allowed }: DomainAction,
): Promise<StorageDomain> {
  const domain = await tx.findOne(StorageDomain, { where: { id }, lock: { mode: 'for_no_key_update' } });
  if (!domain) throw new NotFoundError('Storage Domain', id);
  if (!allowed.includes(domain.status)) throw new ConflictError(refusal(domain.status, action, type));
  return domain;
}

/**
 * Makes sure that domains are active and stay so until the transaction ends: one that is being deactivated at the same time waits, and then
 * sees what the transaction has begun. For everything that begins to use disks. `action` and `type` are for the text: `add`, `Virtual Disk`.
 * @throws NotFoundError, ConflictError
 */
export async function holdActiveDomains(tx: EntityManager, ids: readonly string[], action: string, type: string): Promise<StorageDomain[]> {
  const wanted = [...new Set(ids)].sort();
  const domains = await tx.find(StorageDomain, { where: { id: In(wanted) }, order: { id: 'ASC' }, lock: { mode: 'pessimistic_read' } });
  const missing = wanted.find((id) => !domains.some((domain) => domain.id === id));
  if (missing !== undefined) throw new NotFoundError('Storage Domain', missing);
  const other = domains.find(({ status }) => status !== 'active');
  if (other) throw new ConflictError(refusal(other.status, action, type));
  return domains;
}
