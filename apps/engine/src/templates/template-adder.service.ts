import { type ReferenceInput, messages, renderMessage } from '@clinker/ovirt-api';
import { Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import type { Blueprint, CopiedDisk } from '../blueprints/blueprint';
import { blueprintOfVm } from '../blueprints/vm.blueprint';
import { Cluster } from '../clusters/cluster.entity';
import { findRow, referred, refuseUsedName, usedName } from '../database/row.access';
import { recordCopies } from '../disk-copies/disk-copy';
import { CopyLimitsService } from '../disks/copy-limits.service';
import { SecretBox } from '../encryption/secret-box';
import { ConflictError, IncompleteInputError, NotFoundError } from '../errors/domain.errors';
import type { RequestOrigin } from '../http/request-origin';
import { withSealedPassword } from '../initialization/kept.initialization';
import { permitCreator } from '../permissions/creator.permission';
import { endFault, settlementOf } from '../sagas/operation.end';
import { Vm } from '../vms/vm.entity';
import { lockVm } from '../vms/vm.lock';
import { settingsOf } from '../vms/vm.settings';
import type { CreateTemplate } from './create-template.saga';
import { BLANK_TEMPLATE_ID, Template, TemplateDisk, TemplateNic } from './template.entity';
import type { NewTemplate } from './template.input';
import { templateSettings } from './template.settings';

const ADD = { action: 'add', type: 'Template' };

/** How long (ms) a client is kept waiting that wants to wait. */
const CREATED_WITHIN_MS = 120_000;

type Version = Pick<Template, 'name' | 'versionNumber' | 'versionName' | 'baseTemplateId'>;

/** Begins new templates. */
@Injectable()
export class TemplateAdder {
  constructor(
    private readonly db: EntityManager,
    private readonly operations: Operations,
    private readonly limits: CopyLimitsService,
    private readonly box: SecretBox,
  ) {}

  /** The VM that a new template is made of. @throws IncompleteInputError, NotFoundError */
  async sourceOf({ vm }: NewTemplate): Promise<Vm> {
    const { id, name } = vm ?? {};
    if (id === undefined && name === undefined) throw new IncompleteInputError('Template [vm.id|name] required for add');
    const found = await this.db.findOneBy(Vm, referred({ id, name }));
    if (!found) throw new NotFoundError('VM', id ?? name ?? '');
    return found;
  }

  /**
   * Begins a template of a VM, which may run; its row is there at once, locked until its disks are there.
   * @returns its id
   * @throws IncompleteInputError, NotFoundError, ConflictError; BackendError if it is waited for and fails
   */
  async add(input: NewTemplate, origin: RequestOrigin, wait: boolean): Promise<string> {
    const { id: vmId } = await this.sourceOf(input);
    await this.checkLimits(vmId, input);
    const templateId = randomUUID();
    const operation = await this.db.transaction(async (tx) => {
      const blueprint = await this.blueprint(await lockVm(tx, vmId), input, tx);
      const version = await this.versionOf(templateId, input, tx);
      const clusterId = await this.clusterId(input.cluster, vmId, tx);
      await this.record({ id: templateId, clusterId, ...version }, blueprint, input, tx);
      await permitCreator(tx, origin.ownerId, 'template', templateId);
      const copies = await this.recordDisks(templateId, blueprint, input, tx);
      const state: CreateTemplate = { templateId, templateName: version.name, copies };
      const subjects = [
        { type: 'template', id: templateId },
        { type: 'vm', id: vmId },
      ];
      return this.operations.start('create-template', state, { ...origin, subjects }, tx);
    });
    const end = wait ? await settlementOf(this.operations, operation.id, CREATED_WITHIN_MS) : undefined;
    if (end?.status === 'failed') throw endFault(end.reason, 'Cannot add Template.');
    return templateId;
  }

  /** A template's disks are new volumes, each with a snapshot that is kept. */
  private async checkLimits(vmId: string, { vm }: NewTemplate): Promise<void> {
    const copied = { of: 'vm', id: vmId, diskIds: namedDisks(vm) } as const;
    await this.limits.check(copied, { kind: 'volumes', ...ADD });
    await this.limits.check(copied, { kind: 'snapshots', ...ADD });
  }

  private async blueprint(vm: Vm, { vm: source }: NewTemplate, tx: EntityManager): Promise<Blueprint> {
    const named = namedDisks(source);
    const blueprint = await blueprintOfVm(tx, vm, ADD, named && new Set(named));
    const missing = named?.find((id) => !blueprint.disks.some(({ source: { disk } }) => disk.id === id));
    if (missing !== undefined) throw new ConflictError(`Cannot add Template. VM ${vm.name} has no disk ${missing} that can be copied.`);
    return blueprint;
  }

  /** A new version has the name of its base, and the next number. Whoever adds one at the same time waits. */
  private async versionOf(templateId: string, { name, version }: NewTemplate, tx: EntityManager): Promise<Version> {
    const versionName = version?.version_name ?? '';
    if (!version?.base_template) {
      if (await tx.existsBy(Template, { name })) throw usedName('add', 'Template');
      return { name, versionNumber: 1, versionName, baseTemplateId: templateId };
    }
    const base = await this.baseOf(version.base_template, tx);
    const [newest] = await tx.find(Template, { where: { baseTemplateId: base.id }, order: { versionNumber: 'DESC' }, take: 1 });
    return { name: base.name, versionNumber: (newest?.versionNumber ?? 0) + 1, versionName, baseTemplateId: base.id };
  }

  private async baseOf({ id, name }: ReferenceInput, tx: EntityManager): Promise<Template> {
    const where = referred({ id, name });
    const [named] = await tx.find(Template, { where, order: { versionNumber: 'ASC' }, take: 1 });
    if (!named) throw new NotFoundError('Template', id ?? name ?? '');
    const base = await tx.findOneOrFail(Template, { where: { id: named.baseTemplateId }, lock: { mode: 'pessimistic_write' } });
    if (base.id === BLANK_TEMPLATE_ID) throw new ConflictError('Cannot add Template. The Blank template has no versions.');
    if (base.status === 'locked') throw new ConflictError(renderMessage(messages.OBJECT_LOCKED, ADD));
    return base;
  }

  private async clusterId(wanted: ReferenceInput | undefined, vmId: string, tx: EntityManager): Promise<string> {
    if (!wanted) return (await tx.findOneByOrFail(Vm, { id: vmId })).clusterId;
    const { id, name } = wanted;
    return (await findRow(tx, Cluster, 'Cluster', referred({ id, name }))).id;
  }

  private async record(
    identity: Version & { id: string; clusterId: string },
    { settings, nics }: Blueprint,
    input: NewTemplate,
    tx: EntityManager,
  ): Promise<void> {
    const asked = withSealedPassword(this.box, input);
    const own = settingsOf({ ...settings, description: '', comment: '', deleteProtected: false }, asked, 'add');
    const row = {
      ...identity,
      description: own.description,
      comment: own.comment,
      settings: templateSettings(own),
      status: 'ok' as const,
      statusReason: null,
      creationTime: new Date(),
    };
    await tx.insert(Template, row).catch(refuseUsedName('add', 'Template'));
    await tx.insert(
      TemplateNic,
      nics.map((nic) => ({ ...nic, id: randomUUID(), templateId: identity.id })),
    );
  }

  private async recordDisks(templateId: string, { disks }: Blueprint, input: NewTemplate, tx: EntityManager) {
    const given = new Map(input.vm?.disk_attachments?.map(({ disk }) => [disk.id, disk.name ?? disk.alias]));
    const copies = await recordCopies(
      tx,
      disks.map(({ source }) => source),
      ({ disk }) => given.get(disk.id) ?? disk.name,
      null,
    );
    const rows = disks.map(({ binding }: CopiedDisk, index) => ({
      ...binding,
      templateId,
      diskId: copies[index]!.diskId,
      cinderSnapshotId: null,
    }));
    await tx.insert(TemplateDisk, rows);
    return copies;
  }
}

/** The disks that a request names of the VM; all if undefined. */
const namedDisks = (source: NewTemplate['vm']): string[] | undefined => source?.disk_attachments?.flatMap(({ disk }) => disk.id ?? []);
