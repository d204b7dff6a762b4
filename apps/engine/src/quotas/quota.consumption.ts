import { messages, renderMessage } from '@clinker/ovirt-api';
import type { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { DataCenter } from '../data-centers/data-center.entity';
import { ConflictError } from '../errors/domain.errors';
import type { EventKind } from '../events/event.kinds';
import { EventsService } from '../events/events.service';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { Quota, QuotaClusterLimit, QuotaStorageLimit, UNLIMITED } from './quota.entity';
import { type Measure, type Standing, inWords, standingOf } from './quota.rules';
import { clusterUsage, storageUsage } from './quota.usage';

const GIB = 2 ** 30;

/** What is being done, for the text of a refusal. */
interface Doing {
  /** A verb: `add`. */
  readonly action: string;
  /** What it is done to: `Virtual Disk`. */
  readonly type: string;
  /** Null for the data center's default quota. */
  readonly quotaId: string | null;
}

export interface StorageDemand extends Doing {
  readonly storageDomainId: string;
  readonly bytes: number;
  /** It is taken of the quota already, of another domain: only a limit for this domain counts it. */
  readonly isMoved?: boolean;
}

export interface ClusterDemand extends Doing {
  readonly clusterId: string;
  readonly vcpus: number;
  readonly bytes: number;
}

const EVENTS: Readonly<Record<Exclude<Standing, 'within'>, EventKind>> = {
  threshold: 'QUOTA_THRESHOLD',
  grace: 'QUOTA_GRACE',
  beyond: 'QUOTA_EXCEEDED',
};

/**
 * Takes storage of a quota. The row of the disk, or its new size, must be written in the same transaction and after this; until that ends
 * others who take of the quota wait. Nothing happens in a data center that has its quotas disabled.
 * @throws ConflictError if the quota is enforced and does not allow it
 */
export async function consumeStorage(tx: EntityManager, demand: StorageDemand): Promise<void> {
  const { dataCenterId } = await tx.findOneByOrFail(StorageDomain, { id: demand.storageDomainId });
  const held = await holdQuota(tx, dataCenterId, demand.quotaId);
  if (!held) return;
  const limits = await tx.findBy(QuotaStorageLimit, { quotaId: held.quota.id });
  const limit = limits.find(({ storageDomainId }) => storageDomainId === null || storageDomainId === demand.storageDomainId);
  if (!limit) return refuseUnlisted(held, limits.length, { ...demand, what: 'Storage Domain' });
  if (demand.isMoved && limit.storageDomainId === null) return;
  const usage = await storageUsage(tx, held.quota.id);
  const counted = usage.filter(({ storageDomainId }) => limit.storageDomainId === null || storageDomainId === limit.storageDomainId);
  const used = counted.reduce((sum, { bytes }) => sum + bytes, 0) / GIB;
  const { storageSoftLimitPct: softPct, storageHardLimitPct: hardPct } = held.quota;
  const measure: Measure = { what: 'storage', unit: 'GiB', used, wanted: demand.bytes / GIB, limit: limit.limit, softPct, hardPct };
  await judge(tx, held, [measure], { ...demand, what: 'storage' });
}

/** Takes processors and memory of a quota for a VM that is about to run: {@link consumeStorage} for clusters. @throws ConflictError */
export async function consumeCluster(tx: EntityManager, demand: ClusterDemand): Promise<void> {
  const { dataCenterId } = await tx.findOneByOrFail(Cluster, { id: demand.clusterId });
  const held = await holdQuota(tx, dataCenterId, demand.quotaId);
  if (!held) return;
  const limits = await tx.findBy(QuotaClusterLimit, { quotaId: held.quota.id });
  const limit = limits.find(({ clusterId }) => clusterId === null || clusterId === demand.clusterId);
  if (!limit) return refuseUnlisted(held, limits.length, { ...demand, what: 'Cluster' });
  const usage = (await clusterUsage(tx, held.quota.id)).filter(
    ({ clusterId }) => limit.clusterId === null || clusterId === limit.clusterId,
  );
  const { clusterSoftLimitPct: softPct, clusterHardLimitPct: hardPct } = held.quota;
  const memory = usage.reduce((sum, { bytes }) => sum + bytes, 0) / GIB;
  const vcpus = usage.reduce((sum, one) => sum + one.vcpus, 0);
  const measures: Measure[] = [
    { what: 'memory', unit: 'GiB', used: memory, wanted: demand.bytes / GIB, limit: limit.memoryLimit, softPct, hardPct },
    { what: 'virtual CPUs', unit: '', used: vcpus, wanted: demand.vcpus, limit: limit.vcpuLimit, softPct, hardPct },
  ];
  await judge(tx, held, measures, { ...demand, what: 'cluster' });
}

interface Held {
  readonly quota: Quota;
  readonly enforced: boolean;
}

/** The quota, its row held so that two do not take the last of it together; undefined where quotas are disabled. */
async function holdQuota(tx: EntityManager, dataCenterId: string | null, quotaId: string | null): Promise<Held | undefined> {
  const dataCenter = dataCenterId === null ? null : await tx.findOneBy(DataCenter, { id: dataCenterId });
  if (!dataCenter || dataCenter.quotaMode === 'disabled') return undefined;
  const where = quotaId === null ? { dataCenterId: dataCenter.id, isDefault: true } : { id: quotaId };
  const quota = await tx.findOne(Quota, { where, lock: { mode: 'for_no_key_update' } });
  return quota ? { quota, enforced: dataCenter.quotaMode === 'enabled' } : undefined;
}

/** A quota with limits for other domains or clusters allows nothing here; one without any limits allows everything. @throws ConflictError */
function refuseUnlisted({ quota, enforced }: Held, others: number, { action, type, what }: Doing & { what: string }): void {
  if (others > 0 && enforced) throw new ConflictError(`Cannot ${action} ${type}. The Quota ${quota.name} is not defined for this ${what}.`);
}

async function judge(
  tx: EntityManager,
  { quota, enforced }: Held,
  measures: Measure[],
  { action, type, what }: Doing & { what: string },
): Promise<void> {
  const { name, dataCenterId } = quota;
  for (const measure of measures.filter(({ limit }) => limit !== UNLIMITED)) {
    const standing = standingOf(measure);
    if (standing === 'within') continue;
    if (standing === 'beyond' && enforced)
      throw new ConflictError(
        renderMessage(messages.QUOTA_INSUFFICIENT, { action, type, what, details: `(${name}: ${inWords(measure)})` }),
      );
    await new EventsService(tx).record(EVENTS[standing], `Quota ${name}: ${inWords(measure)}.`, { dataCenterId }, tx);
  }
}
