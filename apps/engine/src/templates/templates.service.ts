import { type Operation, Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { refuseUsedName, usedName } from '../database/row.access';
import { rowsByIds } from '../database/rows.by-ids';
import { SecretBox } from '../encryption/secret-box';
import { NotFoundError } from '../errors/domain.errors';
import { eventFields } from '../events/event.columns';
import { EventsService } from '../events/events.service';
import type { RequestOrigin } from '../http/request-origin';
import { withSealedPassword } from '../initialization/kept.initialization';
import { textField } from '../search/field.kinds';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import type { SearchField } from '../search/searchable';
import { vmFields } from '../vms/vm.columns';
import { settingsOf } from '../vms/vm.settings';
import { templateFields } from './template.columns';
import { Template, TemplateDisk } from './template.entity';
import type { ChangedTemplate } from './template.input';
import { changeableTemplate, findTemplate } from './template.lookup';
import { settingsOfTemplate, templateSettings } from './template.settings';
import { hostFields } from '../hosts/host.columns';
import { userFields } from '../accounts/account.columns';
import { storageDomainFields } from '../storage-domains/storage-domain.columns';
import { nicFields } from '../networks/nic.columns';

/** A name of where the template is; for a template without a cluster, as Blank is, any value holds: it can be used everywhere. */
function place(name: string): SearchField {
  const named = textField(name);
  return {
    order: named.order,
    condition: (comparison, bind) => {
      const condition = named.condition(comparison, bind);
      return comparison.operator === '!='
        ? `(template.cluster_id IS NOT NULL AND ${condition})`
        : `(template.cluster_id IS NULL OR ${condition})`;
    },
  };
}

const CLUSTER = place('(SELECT c.name FROM cluster c WHERE c.id = template.cluster_id)');
const DATA_CENTER = place(
  '(SELECT dc.name FROM cluster c JOIN data_center dc ON dc.id = c.data_center_id WHERE c.id = template.cluster_id)',
);

const SEARCHABLE: Searchable = {
  fields: { ...templateFields('template'), datacenter: DATA_CENTER, cluster: CLUSTER },
  references: {
    datacenter: { from: 'data_center one WHERE true', fields: { name: DATA_CENTER } },
    cluster: { from: 'cluster one WHERE true', fields: { name: CLUSTER } },
    vm: { from: 'vm v WHERE v.template_id = template.id', fields: vmFields('v') },
    host: { from: 'vm v JOIN host h ON h.id = v.host_id WHERE v.template_id = template.id', fields: hostFields('h') },
    storage: {
      from: 'template_disk td JOIN disk d ON d.id = td.disk_id JOIN storage_domain sd ON sd.id = d.storage_domain_id WHERE td.template_id = template.id',
      fields: storageDomainFields('sd'),
    },
    user: { from: 'permission p JOIN account u ON u.id = p.account_id WHERE p.object_id = template.id', fields: userFields('u') },
    vnic: { from: 'template_nic n WHERE n.template_id = template.id', fields: nicFields('n') },
    event: { from: 'event e WHERE e.template_id = template.id', fields: eventFields('e') },
  },
  defaultSort: 'name',
  freeText: ['name', 'description', 'comment'],
};

/** Looks at templates, changes them and begins their removal. Blank is one of them: it is everywhere, and stays as it is. */
@Injectable()
export class TemplatesService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
    private readonly operations: Operations,
    private readonly box: SecretBox,
  ) {}

  list(query: ListQuery): Promise<Template[]> {
    return applySearch(this.db.createQueryBuilder(Template, 'template'), SEARCHABLE, query).getMany();
  }

  /** Templates by their ids; those that are gone are left out. */
  byIds(ids: readonly string[]): Promise<Template[]> {
    return rowsByIds(this.db, Template, ids);
  }

  /** @throws NotFoundError */
  get(id: string): Promise<Template> {
    return findTemplate(this.db, { id });
  }

  /** The disks of these templates. */
  disksOf(templateIds: readonly string[]): Promise<TemplateDisk[]> {
    return rowsByIds(this.db, TemplateDisk, templateIds, 'templateId');
  }

  /** A disk of a template. @throws NotFoundError */
  async disk(templateId: string, diskId: string): Promise<TemplateDisk> {
    const found = (await this.disksOf([templateId])).find((one) => one.diskId === diskId);
    if (!found) throw new NotFoundError('Disk attachment', diskId);
    return found;
  }

  /** Changes texts and hardware; a new name is that of all versions. @throws NotFoundError, ConflictError, InvalidInputError */
  async update(id: string, input: ChangedTemplate): Promise<Template> {
    await this.db.transaction(async (tx) => {
      const template = await changeableTemplate(tx, id);
      const settings = settingsOf(settingsOfTemplate(template), withSealedPassword(this.box, input), 'edit');
      const { description, comment } = settings;
      const versionName = input.version?.version_name ?? template.versionName;
      await tx.update(Template, { id }, { description, comment, settings: templateSettings(settings), versionName });
      if (input.name !== undefined && input.name !== template.name) await this.rename(template, input.name, tx);
      await this.events.record('TEMPLATE_UPDATED', `Template ${input.name ?? template.name} was updated.`, { templateId: id }, tx);
    });
    return this.get(id);
  }

  /** Begins the removal of a template. @throws NotFoundError, ConflictError if something depends on it */
  async remove(id: string, origin: RequestOrigin): Promise<Operation> {
    const { name } = await this.get(id);
    const state = { templateId: id, templateName: name };
    return this.operations.start('remove-template', state, { ...origin, subjects: [{ type: 'template', id }] });
  }

  private async rename({ baseTemplateId }: Template, name: string, tx: EntityManager): Promise<void> {
    if (await tx.existsBy(Template, { name })) throw usedName('edit', 'Template');
    await tx.update(Template, { baseTemplateId }, { name }).catch(refuseUsedName('edit', 'Template'));
  }
}
