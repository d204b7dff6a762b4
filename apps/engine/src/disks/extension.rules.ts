import { RetryLater } from '@clinker/sagas';
import type { EntityManager } from 'typeorm';
import type { DiskId } from './disk.entity';

const EXTENDING = `
  SELECT disk.name FROM disk JOIN operation ON operation.subjects @> jsonb_build_array(jsonb_build_object('type', 'disk', 'id', disk.id::text))
  WHERE disk.id = ANY($1::uuid[]) AND operation.saga = 'extend-disk' AND operation.status IN ('running', 'undoing') AND NOT operation.stuck`;

/** An extension takes the storage a moment: how often (ms) its end is looked for. */
const LOOK_MS = 500;

/**
 * A volume that is detached while Cinder extends it first shows `available` in its old size, as if the extension had failed, and in the end
 * `in-use` by nobody (Volume.finish_detach and VolumeManager.extend_volume of Cinder set the status regardless of each other).
 * @throws RetryLater while one of the disks is extended
 */
export async function awaitExtensions(db: EntityManager, diskIds: readonly DiskId[]): Promise<void> {
  const [extended] = await db.query<{ name: string }[]>(EXTENDING, [diskIds]);
  if (extended) throw new RetryLater(`The disk ${extended.name} is being extended`, { afterMs: LOOK_MS });
}
