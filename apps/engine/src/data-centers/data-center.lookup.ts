import type { ReferenceInput } from '@clinker/ovirt-api';
import type { EntityManager } from 'typeorm';
import { referred } from '../database/row.access';
import { NotFoundError } from '../errors/domain.errors';
import { DataCenter } from './data-center.entity';

/** The data center that a client names by id or name. @throws NotFoundError */
export async function findDataCenter(db: EntityManager, { id, name }: ReferenceInput): Promise<DataCenter> {
  const found = await db.findOneBy(DataCenter, referred({ id, name }));
  if (!found) throw new NotFoundError('Data Center', id ?? name ?? '');
  return found;
}
