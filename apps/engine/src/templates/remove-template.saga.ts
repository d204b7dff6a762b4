import type { OperationMeta, Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { messages, renderMessage } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { type EntityManager, Not } from 'typeorm';
import { z } from 'zod';
import { DiskVolumeClient } from '../disks/disk-volume.client';
import { Disk } from '../disks/disk.entity';
import { diskIdSchema } from '../disks/disk.ids';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { outside } from '../sagas/step.errors';
import { KeptSnapshotsClient } from './kept-snapshots.client';
import { BLANK_TEMPLATE_ID, Template } from './template.entity';
import { settingsOfTemplate } from './template.settings';
import { templateStatuses } from './template.statuses';

const state = z.object({
  templateId: z.string(),
  templateName: z.string(),
  disks: z.array(z.object({ diskId: diskIdSchema, providerId: z.string() })).default([]),
  /** The template's status before, for the case that it stays. */
  status: z.enum(['ok', 'illegal']).default('ok'),
});

/** What `remove-template` is started with. */
export type RemoveTemplate = Pick<z.input<typeof state>, 'templateId' | 'templateName'>;
type State = z.output<typeof state>;

const names = { action: 'remove', type: 'Template' };

const DISKS = `SELECT disk.id AS "diskId", domain.provider_id AS "providerId", domain.status
  FROM template_disk bound JOIN disk ON disk.id = bound.disk_id JOIN storage_domain domain ON domain.id = disk.storage_domain_id WHERE bound.template_id = $1`;

const USERS = `SELECT name FROM vm WHERE template_id = $1 UNION ALL SELECT name FROM vm_pool WHERE template_id = $1 ORDER BY name`;

interface DiskRow {
  readonly diskId: string;
  readonly providerId: string;
  readonly status: string;
}

/** Removes a template that nothing depends on. Once Cinder was asked to delete there is no way back: it goes on until all is gone. */
@Injectable()
export class RemoveTemplateSaga implements Saga<State> {
  readonly name = 'remove-template';
  readonly state = state;
  readonly pointOfNoReturn = 'delete the snapshots of the template';

  readonly steps: readonly Step<State>[] = [
    {
      kind: 'transaction',
      name: 'lock the template',
      run: (at, tx) => this.lock(at, tx),
      undo: (at, tx) => this.unlock(at, tx),
    },
    { kind: 'call', name: 'delete the snapshots of the template', run: ({ disks }, ctx) => this.snapshots.remove(disks, true, ctx) },
    { kind: 'call', name: 'delete the volumes of the template', run: (at, ctx) => this.deleteVolumes(at, ctx) },
    { kind: 'transaction', name: 'forget the template', run: (at, tx) => this.forget(at, tx) },
  ];

  constructor(
    private readonly snapshots: KeptSnapshotsClient,
    private readonly volumes: DiskVolumeClient,
    private readonly events: EventsService,
  ) {}

  describe({ templateName }: State): string {
    return `Removing Template ${templateName} from system`;
  }

  async ended({ templateId, templateName }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    const text = `The template ${templateName} could not be removed: ${outcome.reason}`;
    await this.events.record('TEMPLATE_REMOVE_FAILED', text, { templateId }, tx);
  }

  async stuck({ templateId, templateName }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await templateStatuses.move(tx, templateId, { from: 'locked', to: 'illegal' }, { statusReason: reason });
    await this.events.record('OPERATION_STUCK', `The job ${id} for the template ${templateName} is stuck: ${reason}`, { templateId }, tx);
  }

  private async lock({ templateId }: State, tx: EntityManager): Promise<Partial<State>> {
    const template = await tx.findOne(Template, { where: { id: templateId }, lock: { mode: 'pessimistic_write' } });
    if (!template) throw new NotFoundError('Template', templateId);
    await this.refuse(template, tx);
    const rows = await tx.query<DiskRow[]>(DISKS, [templateId]);
    const inactive = rows.find(({ status }) => status !== 'active');
    if (inactive) throw new ConflictError(renderMessage(messages.STORAGE_DOMAIN_STATUS_ILLEGAL, { ...names, status: inactive.status }));
    await templateStatuses.move(tx, templateId, { from: ['ok', 'illegal'], to: 'locked' });
    const disks = rows.map(({ diskId, providerId }) => ({ diskId: diskIdSchema.parse(diskId), providerId }));
    return { disks, status: template.status === 'illegal' ? 'illegal' : 'ok' };
  }

  private async refuse(template: Template, tx: EntityManager): Promise<void> {
    const { id, name, status } = template;
    if (id === BLANK_TEMPLATE_ID) throw new ConflictError('Cannot remove Template. The Blank template cannot be removed.');
    if (status === 'locked') throw new ConflictError(renderMessage(messages.OBJECT_LOCKED, names));
    if (settingsOfTemplate(template).deleteProtected) throw new ConflictError(renderMessage(messages.VM_DELETE_PROTECTED, names));
    const users = await tx.query<{ name: string }[]>(USERS, [id]);
    if (users.length === 0) return;
    const vmNames = users.map((vm) => vm.name).join(', ');
    throw new ConflictError(`Cannot remove Template. The template ${name} is being used by the following VMs and VM-Pools: ${vmNames}.`);
  }

  private async unlock({ templateId, status }: State, tx: EntityManager): Promise<void> {
    await templateStatuses.move(tx, templateId, { from: 'locked', to: status });
  }

  private async deleteVolumes({ disks }: State, ctx: StepContext): Promise<void> {
    for (const disk of disks) {
      const found = await outside('look for the volumes of the template in Cinder', () => this.volumes.find(disk));
      await this.volumes.ensureGone(disk.providerId, found, ctx);
    }
  }

  /** The versions after a base that goes have the first of themselves as their base. */
  private async forget({ templateId, templateName, disks }: State, tx: EntityManager): Promise<void> {
    const heir = await tx.findOne(Template, {
      where: { baseTemplateId: templateId, id: Not(templateId) },
      order: { versionNumber: 'ASC' },
    });
    if (heir) await tx.query('UPDATE template SET base_template_id = $2 WHERE base_template_id = $1 AND id <> $1', [templateId, heir.id]);
    for (const { diskId } of disks) await tx.delete(Disk, { id: diskId });
    await tx.delete(Template, { id: templateId });
    await this.events.record('TEMPLATE_REMOVED', `The template ${templateName} was successfully removed.`, {}, tx);
  }
}
