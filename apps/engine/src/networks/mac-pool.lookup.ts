import type { ReferenceInput } from '@clinker/ovirt-api';
import type { EntityManager } from 'typeorm';
import { findRow, referred } from '../database/row.access';
import { MacPool } from './mac-pool.entity';

/** The pool that a client names by id or name. @returns its id; undefined if none is named @throws NotFoundError */
export async function namedMacPool(db: EntityManager, named: ReferenceInput | undefined): Promise<string | undefined> {
  if (!named) return undefined;
  const { id, name = '' } = named;
  return (await findRow(db, MacPool, 'MAC Address Pool', referred({ id, name }))).id;
}
