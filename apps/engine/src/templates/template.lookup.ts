import type { ReferenceInput } from '@clinker/ovirt-api';
import type { EntityManager } from 'typeorm';
import { referred } from '../database/row.access';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { BLANK_TEMPLATE_ID, Template } from './template.entity';

/** The template that a client names by id or name; by name it is the newest version. @throws NotFoundError */
export async function findTemplate(db: EntityManager, { id, name }: ReferenceInput): Promise<Template> {
  const where = referred({ id, name });
  const [found] = await db.find(Template, { where, order: { versionNumber: 'DESC' }, take: 1 });
  if (!found) throw new NotFoundError('Template', id ?? name ?? '');
  return found;
}

/** A template that may be changed now; its row is the transaction's own. @throws NotFoundError, ConflictError */
export async function changeableTemplate(tx: EntityManager, id: string): Promise<Template> {
  const template = await tx.findOne(Template, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (!template) throw new NotFoundError('Template', id);
  if (id === BLANK_TEMPLATE_ID) throw new ConflictError('Cannot edit Template. The Blank template cannot be changed.');
  if (template.status === 'locked')
    throw new ConflictError(`Cannot edit Template. The Template ${template.name} is locked. Please try again in a few minutes.`);
  return template;
}
