import { type ReferenceInput, messages, renderMessage } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { referred } from '../database/row.access';
import { brokenUniqueConstraint } from '../database/constraint.violation';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { EVERYONE_ID } from '../permissions/object.tree';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { AccessTokensService } from './access-tokens.service';
import { AccountGuard } from './account-guard.service';
import { groupFields, userFields } from './account.columns';
import { Account, AccountGroup, AccountGroupMember } from './account.entity';
import type { Caller } from './caller';
import { INTERNAL_PROFILE, requireInternalDomain } from './internal.domain';
import type { NewGroup } from './user.input';

const SEARCHABLE: Searchable = {
  fields: groupFields('g'),
  references: {
    user: {
      from: 'account_group_member member JOIN account ON account.id = member.account_id WHERE member.group_id = g.id',
      fields: userFields('account'),
    },
  },
  defaultSort: 'name',
  freeText: ['name'],
};

/** The groups of the built-in domain, and who is in them. */
@Injectable()
export class GroupsService {
  constructor(
    private readonly db: EntityManager,
    private readonly tokens: AccessTokensService,
    private readonly events: EventsService,
    private readonly guard: AccountGuard,
  ) {}

  list(query: ListQuery): Promise<AccountGroup[]> {
    return applySearch(this.db.createQueryBuilder(AccountGroup, 'g'), SEARCHABLE, query).getMany();
  }

  /** @throws NotFoundError */
  async get(reference: ReferenceInput): Promise<AccountGroup> {
    const where = referred(reference);
    const found = await this.db.findOneBy(AccountGroup, where);
    if (!found) throw new NotFoundError('Group', reference.id ?? reference.name ?? '');
    return found;
  }

  /** @throws ConflictError, NotFoundError for another domain */
  async add({ name, domain }: NewGroup, caller: Caller): Promise<AccountGroup> {
    requireInternalDomain(domain);
    const id = randomUUID();
    await this.db.transaction(async (tx) => {
      await tx.insert(AccountGroup, { id, name, domain: INTERNAL_PROFILE }).catch((error: unknown) => {
        if (!brokenUniqueConstraint(error)) throw error;
        throw new ConflictError(renderMessage(messages.NAME_ALREADY_USED, { action: 'add', type: 'Group' }), { cause: error });
      });
      await this.events.record('GROUP_ADDED', `Group '${name}' was added by ${caller.login}.`, { userId: caller.id }, tx);
    });
    return this.get({ id });
  }

  /** Its members stay. @throws NotFoundError, ForbiddenError, ConflictError for the group that everybody is in */
  async remove(id: string, caller: Caller): Promise<void> {
    if (id === EVERYONE_ID) throw new ConflictError('Cannot remove Group. The group Everyone cannot be removed.');
    const { name } = await this.get({ id });
    await this.guard.requireOver(id, caller.id);
    await this.db.transaction(async (tx) => {
      await tx.delete(AccountGroup, { id });
      await this.events.record('GROUP_REMOVED', `Group '${name}' was removed by ${caller.login}.`, { userId: caller.id }, tx);
    });
    this.tokens.changed();
  }

  /** The groups that a user is in. @throws NotFoundError if there is no such user */
  async listOf(accountId: string): Promise<AccountGroup[]> {
    await this.userOf(accountId);
    const builder = this.db.createQueryBuilder(AccountGroup, 'g');
    builder.where('EXISTS (SELECT FROM account_group_member m WHERE m.group_id = g.id AND m.account_id = :accountId)', { accountId });
    return builder.orderBy('g.name').getMany();
  }

  /** A group that a user is in. @throws NotFoundError */
  async getOf(accountId: string, id: string): Promise<AccountGroup> {
    const found = (await this.listOf(accountId)).find((group) => group.id === id);
    if (!found) throw new NotFoundError('Group', id);
    return found;
  }

  /** Puts a user into a group. That it is there already is fine. @throws NotFoundError, ForbiddenError */
  async join(accountId: string, reference: ReferenceInput, caller: Caller): Promise<AccountGroup> {
    const user = await this.userOf(accountId);
    const group = await this.get(reference);
    await this.guard.requireOver(group.id, caller.id);
    const row = { accountId, groupId: group.id };
    await this.db.createQueryBuilder().insert().into(AccountGroupMember).values(row).orIgnore().execute();
    this.tokens.changed();
    const text = `User '${user.userName}' was added to the group '${group.name}' by ${caller.login}.`;
    await this.events.record('GROUP_MEMBER_ADDED', text, { userId: accountId });
    return group;
  }

  /** Takes a user out of a group. @throws NotFoundError, ForbiddenError */
  async leave(accountId: string, groupId: string, caller: Caller): Promise<void> {
    const user = await this.userOf(accountId);
    const group = await this.getOf(accountId, groupId);
    await this.guard.requireOver(groupId, caller.id);
    await this.db.delete(AccountGroupMember, { accountId, groupId });
    this.tokens.changed();
    const text = `User '${user.userName}' was removed from the group '${group.name}' by ${caller.login}.`;
    await this.events.record('GROUP_MEMBER_REMOVED', text, { userId: accountId });
  }

  private async userOf(id: string): Promise<Account> {
    const user = await this.db.findOneBy(Account, { id });
    if (!user) throw new NotFoundError('User', id);
    return user;
  }
}
