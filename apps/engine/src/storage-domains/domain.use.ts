import { messages, renderMessage } from '@clinker/ovirt-api';
import type { EntityManager } from 'typeorm';
import { ConflictError } from '../errors/domain.errors';

const RUNNING_VMS = `
  SELECT DISTINCT vm.name FROM vm
    JOIN disk_attachment attachment ON attachment.vm_id = vm.id
    JOIN disk ON disk.id = attachment.disk_id
  WHERE disk.storage_domain_id = $1 AND (
    (attachment.plugged AND vm.status <> 'down')
    OR EXISTS (SELECT FROM volume_attachment va WHERE va.disk_id = disk.id AND va.vm_id = vm.id))
  ORDER BY vm.name`;

/** Disks, and what is made of them: their snapshots, templates, and volumes that disks of other domains are being moved into. */
const WORK = `
  SELECT EXISTS (SELECT FROM disk WHERE storage_domain_id = $1 AND status = 'locked')
      OR EXISTS (SELECT FROM disk JOIN disk_attachment a ON a.disk_id = disk.id WHERE disk.storage_domain_id = $1 AND a.status = 'locked')
      OR EXISTS (SELECT FROM disk JOIN disk_snapshot part ON part.disk_id = disk.id WHERE disk.storage_domain_id = $1 AND part.status = 'locked')
      OR EXISTS (SELECT FROM disk JOIN template_disk bound ON bound.disk_id = disk.id JOIN template ON template.id = bound.template_id
                 WHERE disk.storage_domain_id = $1 AND template.status = 'locked')
      OR EXISTS (SELECT FROM operation WHERE ended_at IS NULL AND state ->> 'targetDomainId' = $1::text) AS busy`;

/** Refuses if VMs run with disks of the domain, or if a host may still hold one. `action` and `type` are for the text. @throws ConflictError */
export async function refuseRunningVms(tx: EntityManager, domainId: string, action: string, type: string): Promise<void> {
  const vms = await tx.query<{ name: string }[]>(RUNNING_VMS, [domainId]);
  if (vms.length === 0) return;
  throw new ConflictError(
    renderMessage(messages.STORAGE_DOMAIN_USED_BY_VMS, { action, type, vmNames: vms.map(({ name }) => name).join(', ') }),
  );
}

/** Refuses if operations work on disks of the domain (oVirt's ERROR_CANNOT_DEACTIVATE_DOMAIN_WITH_TASKS). @throws ConflictError */
export async function refuseRunningTasks(tx: EntityManager, domainId: string, action: string, type: string): Promise<void> {
  const [work] = await tx.query<{ busy: boolean }[]>(WORK, [domainId]);
  if (!work?.busy) return;
  throw new ConflictError(
    `Cannot ${action} ${type} while there are running tasks on this ${type}.\n-Please wait until tasks will finish and try again.`,
  );
}

const DISKS = `
  SELECT EXISTS (SELECT FROM disk WHERE storage_domain_id = $1) OR EXISTS (SELECT FROM snapshot_memory WHERE storage_domain_id = $1) AS some`;

/** Refuses if there are disks in the domain, or the memory of VMs. @throws ConflictError */
export async function refuseDisks(tx: EntityManager, domainId: string): Promise<void> {
  const [disks] = await tx.query<{ some: boolean }[]>(DISKS, [domainId]);
  if (disks?.some) throw new ConflictError(messages.ERROR_CANNOT_DETACH_CINDER_PROVIDER_WITH_IMAGES.text);
}
