import type { ReferenceInput } from '@clinker/ovirt-api';
import type { EntityManager } from 'typeorm';
import { findRow } from '../database/row.access';
import { InvalidInputError } from '../errors/domain.errors';
import { DiskProfile } from './disk-profile.entity';

/**
 * The id of the profile that a request names for a disk of a domain; undefined if it names none.
 * @throws NotFoundError, InvalidInputError for a profile of another domain
 */
export async function findDiskProfile(
  db: EntityManager,
  storageDomainId: string,
  named: ReferenceInput | undefined,
): Promise<string | undefined> {
  if (!named) return undefined;
  const where = named.id !== undefined ? { id: named.id } : { name: named.name ?? '', storageDomainId };
  const profile = await findRow(db, DiskProfile, 'Disk Profile', where);
  if (profile.storageDomainId === storageDomainId) return profile.id;
  throw new InvalidInputError(`The Disk Profile ${profile.name} belongs to another Storage Domain than the disk.`);
}
