import type { EntityManager } from 'typeorm';
import { ConflictError } from '../errors/domain.errors';
import { MacPool } from './mac-pool.entity';
import { macNumber, macText } from './mac.address';

/** The lowest address of a pool that no interface of the pool has: the start of a range, or the next after a used one. */
const LOWEST_FREE = `SELECT min(candidate) AS mac FROM (
    SELECT first AS candidate FROM mac_range WHERE mac_pool_id = $1
    UNION ALL
    SELECT nic.mac + 1 FROM nic JOIN mac_range USING (mac_pool_id) WHERE mac_pool_id = $1 AND nic.mac >= first AND nic.mac < last
  ) candidates WHERE NOT EXISTS (SELECT FROM nic WHERE nic.mac_pool_id = $1 AND nic.mac = candidate)`;

/**
 * The address for an interface: the one that the client gave, if it is free, or the lowest free one of the pool. The pool stays locked
 * until the transaction ends, so that nobody else gets the same.
 * @param keptBy the interface that may have the address already
 * @throws ConflictError
 */
export async function allocateMac(
  tx: EntityManager,
  { macPoolId, wanted, keptBy, action }: { macPoolId: string; wanted: string | undefined; keptBy?: string; action: 'add' | 'edit' },
): Promise<string> {
  const pool = await tx.findOneOrFail(MacPool, { where: { id: macPoolId }, lock: { mode: 'pessimistic_write' } });
  if (wanted !== undefined) return givenMac(tx, { pool, wanted, keptBy: keptBy ?? null, action });
  const [lowest] = await tx.query<[{ mac: string | null }]>(LOWEST_FREE, [macPoolId]);
  if (lowest.mac === null) throw new ConflictError(`Cannot ${action} Interface. Not enough MAC addresses left in MAC Address Pool.`);
  return macText(Number(lowest.mac));
}

async function givenMac(
  tx: EntityManager,
  { pool, wanted, keptBy, action }: { pool: MacPool; wanted: string; keptBy: string | null; action: string },
): Promise<string> {
  if (pool.allowDuplicates) return wanted;
  const used = `SELECT vm.name FROM nic JOIN vm ON vm.id = nic.vm_id WHERE nic.mac_pool_id = $1 AND nic.mac = $2 AND nic.id IS DISTINCT FROM $3 LIMIT 1`;
  const [owner] = await tx.query<{ name: string }[]>(used, [pool.id, macNumber(wanted), keptBy]);
  if (owner) throw new ConflictError(`Cannot ${action} Interface. MAC Address ${wanted} is already in use by VM ${owner.name}.`);
  return wanted;
}
