import type { EntityManager } from 'typeorm';
import type { DiskId } from '../disks/disk.entity';
import { ConflictError } from '../errors/domain.errors';
import { TemplateDisk } from './template.entity';

/** @throws ConflictError for a disk of a template: it stays as it is, as long as the template */
export async function refuseTemplateDisk(tx: EntityManager, diskId: DiskId, action: string): Promise<void> {
  if (!(await tx.existsBy(TemplateDisk, { diskId }))) return;
  throw new ConflictError(`Cannot ${action} Virtual Disk. The disk belongs to a Template.`);
}
