import type { ReferenceInput } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { Account } from '../accounts/account.entity';
import { findRow } from '../database/row.access';
import { NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { Host } from '../hosts/host.entity';
import { Template } from '../templates/template.entity';
import { Vm } from '../vms/vm.entity';
import { Tag } from './tag.entity';
import type { TaggedCollection } from './tag.representation';
import { TagsService } from './tags.service';

/** An object that can have tags. */
export interface Tagged {
  readonly collection: TaggedCollection;
  readonly id: string;
}

const OWNERS = {
  vms: { entity: Vm, type: 'VM', column: 'vm_id', assigned: 'VM_TAGGED', taken: 'VM_UNTAGGED', reference: 'vmId' },
  hosts: { entity: Host, type: 'Host', column: 'host_id', assigned: 'HOST_TAGGED', taken: 'HOST_UNTAGGED', reference: 'hostId' },
  templates: {
    entity: Template,
    type: 'Template',
    column: 'template_id',
    assigned: 'TEMPLATE_TAGGED',
    taken: 'TEMPLATE_UNTAGGED',
    reference: 'templateId',
  },
  users: { entity: Account, type: 'User', column: 'account_id', assigned: 'USER_TAGGED', taken: 'USER_UNTAGGED', reference: 'userId' },
} as const;

/** An object that can have tags, as its row tells what people call it: users by the name with which they log in. */
interface NamedRow {
  readonly id: string;
  readonly name: string;
  readonly userName?: string;
}

/** The tags of objects. */
@Injectable()
export class AssignedTagsService {
  constructor(
    private readonly db: EntityManager,
    private readonly tags: TagsService,
    private readonly events: EventsService,
  ) {}

  /** @throws NotFoundError if there is no such object */
  async list({ collection, id }: Tagged): Promise<Tag[]> {
    const { entity, type, column } = OWNERS[collection];
    await findRow<{ id: string }>(this.db, entity, type, { id });
    const builder = this.db.createQueryBuilder(Tag, 'tag').innerJoin('tag_assignment', 'assignment', 'assignment.tag_id = tag.id');
    return builder.where(`assignment.${column} = :id`, { id }).orderBy('tag.name').getMany();
  }

  /** The tags of these objects of one collection. */
  async listAll(collection: TaggedCollection, ids: readonly string[]): Promise<{ ownerId: string; tag: Tag }[]> {
    const { column } = OWNERS[collection];
    const statement = `SELECT assignment.${column} AS "ownerId", tag.id, tag.name, tag.description, tag.parent_id AS "parentId"
      FROM tag_assignment assignment JOIN tag ON tag.id = assignment.tag_id WHERE assignment.${column} = ANY($1::uuid[]) ORDER BY tag.name`;
    const rows = await this.db.query<(Tag & { ownerId: string })[]>(statement, [ids]);
    return rows.map(({ ownerId, ...tag }) => ({ ownerId, tag }));
  }

  /** @throws NotFoundError */
  async get(owner: Tagged, tagId: string): Promise<Tag> {
    const found = (await this.list(owner)).find(({ id }) => id === tagId);
    if (!found) throw new NotFoundError('Tag', tagId);
    return found;
  }

  /** Putting a tag where it is already changes nothing. @throws NotFoundError */
  async assign({ collection, id }: Tagged, named: ReferenceInput): Promise<Tag> {
    const { column, assigned, reference } = OWNERS[collection];
    const owner = await this.titleOf({ collection, id });
    const tag = await this.tags.find(named);
    await this.db.query(`INSERT INTO tag_assignment (tag_id, ${column}) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [tag.id, id]);
    await this.events.record(assigned, `The tag ${tag.name} was put on the ${owner}.`, { [reference]: id });
    return tag;
  }

  /** @throws NotFoundError if the object does not have the tag */
  async unassign(owner: Tagged, tagId: string): Promise<void> {
    const { name } = await this.get(owner, tagId);
    const { column, taken, reference } = OWNERS[owner.collection];
    const title = await this.titleOf(owner);
    await this.db.query(`DELETE FROM tag_assignment WHERE tag_id = $1 AND ${column} = $2`, [tagId, owner.id]);
    await this.events.record(taken, `The tag ${name} was taken from the ${title}.`, { [reference]: owner.id });
  }

  private async titleOf({ collection, id }: Tagged): Promise<string> {
    const { entity, type } = OWNERS[collection];
    const { name, userName = name } = await findRow<NamedRow>(this.db, entity, type, { id });
    return `${type} ${userName}`;
  }
}
