import type { ReferenceInput } from '@clinker/ovirt-api';
import type { EntityManager } from 'typeorm';
import { referred } from '../database/row.access';
import { NotFoundError } from '../errors/domain.errors';
import { Template } from './template.entity';

/** The template that a client names by id or name; by name it is the newest version. @throws NotFoundError */
export async function findTemplate(db: EntityManager, { id, name }: ReferenceInput): Promise<Template> {
  const where = referred({ id, name });
  const [found] = await db.find(Template, { where, order: { versionNumber: 'DESC' }, take: 1 });
  if (!found) throw new NotFoundError('Template', id ?? name ?? '');
  return found;
}
