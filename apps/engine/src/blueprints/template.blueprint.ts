import { type EntityManager, In } from 'typeorm';
import { Disk } from '../disks/disk.entity';
import { ConflictError } from '../errors/domain.errors';
import { Template, TemplateDisk, TemplateNic } from '../templates/template.entity';
import { settingsOfTemplate } from '../templates/template.settings';
import { type Blueprint, bindingOf, nicOf } from './blueprint';
import { type Purpose, holdDomains } from './vm.blueprint';

/**
 * A template, which stays until the transaction ends. Its VMs are copies of the snapshots that are kept of its disks.
 * @throws ConflictError if the template cannot be used now
 */
export async function blueprintOfTemplate(tx: EntityManager, templateId: string, purpose: Purpose): Promise<Blueprint> {
  const template = await tx.findOneOrFail(Template, { where: { id: templateId }, lock: { mode: 'pessimistic_read' } });
  if (template.status !== 'ok')
    throw new ConflictError(`Cannot ${purpose.action} ${purpose.type}. The Template ${template.name} is ${template.status}.`);
  const bound = await tx.findBy(TemplateDisk, { templateId });
  const disks = await tx.find(Disk, { where: { id: In(bound.map(({ diskId }) => diskId)) }, order: { name: 'ASC', id: 'ASC' } });
  await holdDomains(tx, disks, purpose);
  const nics = await tx.find(TemplateNic, { where: { templateId }, order: { name: 'ASC' } });
  return {
    settings: settingsOfTemplate(template),
    disks: disks.map((disk) => {
      const binding = bound.find(({ diskId }) => diskId === disk.id)!;
      return { source: { disk, snapshotId: binding.cinderSnapshotId }, binding: bindingOf(binding) };
    }),
    nics: nics.map(nicOf),
  };
}
