import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { findRow } from '../database/row.access';
import { rowsByIds } from '../database/rows.by-ids';
import { EventsService } from '../events/events.service';
import type { ChangedNic, NewNic } from '../networks/nic.input';
import { NIC_TYPE, refuseUsedNicName } from '../networks/nic.rules';
import { usableProfile } from '../networks/usable.profile';
import { type Template, TemplateNic } from './template.entity';
import { changeableTemplate, findTemplate } from './template.lookup';

/**
 * The interfaces that VMs get which are made of a template from now on; those that are there keep their own. An address that a client
 * names is left out: each VM gets one of its own.
 */
@Injectable()
export class TemplateNicsService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
  ) {}

  /** @throws NotFoundError if there is no such template */
  async list(templateId: string): Promise<TemplateNic[]> {
    const { id } = await findTemplate(this.db, { id: templateId });
    return this.db.find(TemplateNic, { where: { templateId: id }, order: { name: 'ASC' } });
  }

  /** The interfaces of these templates. */
  ofTemplates(templateIds: readonly string[]): Promise<TemplateNic[]> {
    return rowsByIds(this.db, TemplateNic, templateIds, 'templateId');
  }

  /** @throws NotFoundError */
  get(templateId: string, id: string): Promise<TemplateNic> {
    return findRow(this.db, TemplateNic, NIC_TYPE, { id, templateId });
  }

  /** @throws NotFoundError, ConflictError */
  async add(templateId: string, input: NewNic): Promise<TemplateNic> {
    const { name, interface: model = 'virtio', linked = true, plugged = true, vnic_profile } = input;
    const id = randomUUID();
    await this.db.transaction(async (tx) => {
      const template = await changeableTemplate(tx, templateId);
      const vnicProfileId = await this.profileFor(tx, template, vnic_profile?.id ?? null, 'add');
      const row = { id, templateId, name, interface: model, linked, plugged, vnicProfileId };
      await tx.insert(TemplateNic, row).catch(refuseUsedNicName('add'));
      await this.events.record('TEMPLATE_NIC_ADDED', `Interface ${name} was added to Template ${template.name}.`, { templateId }, tx);
    });
    return this.get(templateId, id);
  }

  /** An empty vnic_profile disconnects it. @throws NotFoundError, ConflictError */
  async update(templateId: string, id: string, input: ChangedNic): Promise<TemplateNic> {
    await this.db.transaction(async (tx) => {
      const template = await changeableTemplate(tx, templateId);
      const nic = await findRow(tx, TemplateNic, NIC_TYPE, { id, templateId });
      const { name = nic.name, interface: model = nic.interface, linked = nic.linked, plugged = nic.plugged, vnic_profile: wanted } = input;
      const vnicProfileId = wanted ? await this.profileFor(tx, template, wanted.id ?? null, 'edit') : nic.vnicProfileId;
      await tx.update(TemplateNic, { id }, { name, interface: model, linked, plugged, vnicProfileId }).catch(refuseUsedNicName('edit'));
      await this.events.record('TEMPLATE_NIC_UPDATED', `Interface ${name} of Template ${template.name} was updated.`, { templateId }, tx);
    });
    return this.get(templateId, id);
  }

  /** @throws NotFoundError, ConflictError */
  async remove(templateId: string, id: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const template = await changeableTemplate(tx, templateId);
      const { name } = await findRow(tx, TemplateNic, NIC_TYPE, { id, templateId });
      await tx.delete(TemplateNic, { id });
      await this.events.record('TEMPLATE_NIC_REMOVED', `Interface ${name} was removed from Template ${template.name}.`, { templateId }, tx);
    });
  }

  private async profileFor(tx: EntityManager, { clusterId }: Template, id: string | null, action: 'add' | 'edit'): Promise<string | null> {
    return usableProfile(tx, await tx.findOneByOrFail(Cluster, { id: clusterId ?? '' }), id, action);
  }
}
