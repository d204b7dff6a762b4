import { type ReferenceInput, messages, renderMessage } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager, In } from 'typeorm';
import { brokenUniqueConstraint } from '../database/constraint.violation';
import { ConflictError, NotFoundError, UnsupportedError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { EVERYONE_ID } from '../permissions/object.tree';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { AccessTokensService } from './access-tokens.service';
import { AccountGuard } from './account-guard.service';
import { groupFields, userFields } from './account.columns';
import { Account, AccountGroup, AccountGroupMember } from './account.entity';
import type { Caller } from './caller';
import type { Directory } from './directories.service';
import { INTERNAL_PROFILE, INTERNAL_PROFILES, calledIn, isInternal } from './internal.domain';

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

/** The group that everybody is in is shown with the built-in ones. */
const profilesOf = ({ profile }: Directory): readonly string[] => (profile === INTERNAL_PROFILE ? INTERNAL_PROFILES : [profile]);

/** @throws UnsupportedError */
function refuseForeignGroup(action: 'add' | 'remove', { name, domain }: AccountGroup): void {
  if (isInternal({ domain })) return;
  const group = calledIn(name, domain);
  throw new UnsupportedError(
    `Cannot ${action} Group. Who is in the group ${group} is decided by the OpenID provider, and known here since the last log-in.`,
  );
}

/** The groups of the built-in domain and those of the OpenID provider that are known here, and who is in them. */
@Injectable()
export class GroupsService {
  constructor(
    private readonly db: EntityManager,
    private readonly tokens: AccessTokensService,
    private readonly events: EventsService,
    private readonly guard: AccountGuard,
  ) {}

  /** @param directory if only its groups are meant */
  list(query: ListQuery, directory?: Directory): Promise<AccountGroup[]> {
    const builder = this.db.createQueryBuilder(AccountGroup, 'g');
    if (directory) builder.where('g.domain = ANY(:profiles)', { profiles: profilesOf(directory) });
    return applySearch(builder, SEARCHABLE, query).getMany();
  }

  /** By its id, or by its name in the built-in domain. @throws NotFoundError */
  async get(reference: ReferenceInput): Promise<AccountGroup> {
    const where = reference.id === undefined ? { name: reference.name ?? '', domain: In(INTERNAL_PROFILES) } : { id: reference.id };
    const found = await this.db.findOneBy(AccountGroup, where);
    if (!found) throw new NotFoundError('Group', reference.id ?? reference.name ?? '');
    return found;
  }

  /** One of the directory. @throws NotFoundError */
  async getIn(directory: Directory, id: string): Promise<AccountGroup> {
    const found = await this.get({ id });
    if (!profilesOf(directory).includes(found.domain)) throw new NotFoundError('Group', id);
    return found;
  }

  /**
   * Adds a group; one of the OpenID provider so that it can be given permissions before a member first logs in.
   * @throws ConflictError
   */
  async add(name: string, { profile: domain }: Directory, caller: Caller): Promise<AccountGroup> {
    const id = randomUUID();
    await this.db.transaction(async (tx) => {
      await tx.insert(AccountGroup, { id, name, domain }).catch((error: unknown) => {
        if (!brokenUniqueConstraint(error)) throw error;
        throw new ConflictError(renderMessage(messages.NAME_ALREADY_USED, { action: 'add', type: 'Group' }), { cause: error });
      });
      await this.events.record('GROUP_ADDED', `Group '${calledIn(name, domain)}' was added by ${caller.login}.`, { userId: caller.id }, tx);
    });
    return this.get({ id });
  }

  /** Its members stay. @throws NotFoundError, ForbiddenError, ConflictError for the group that everybody is in */
  async remove(id: string, caller: Caller): Promise<void> {
    if (id === EVERYONE_ID) throw new ConflictError('Cannot remove Group. The group Everyone cannot be removed.');
    const { name, domain } = await this.get({ id });
    await this.guard.requireOver(id, caller.id);
    await this.db.transaction(async (tx) => {
      await tx.delete(AccountGroup, { id });
      await this.events.record(
        'GROUP_REMOVED',
        `Group '${calledIn(name, domain)}' was removed by ${caller.login}.`,
        { userId: caller.id },
        tx,
      );
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

  /** Puts a user into a group. That it is there already is fine. @throws NotFoundError, ForbiddenError, UnsupportedError */
  async join(accountId: string, reference: ReferenceInput, caller: Caller): Promise<AccountGroup> {
    const user = await this.userOf(accountId);
    const group = await this.get(reference);
    refuseForeignGroup('add', group);
    await this.guard.requireOver(group.id, caller.id);
    const row = { accountId, groupId: group.id };
    await this.db.createQueryBuilder().insert().into(AccountGroupMember).values(row).orIgnore().execute();
    this.tokens.changed();
    const text = `User '${calledIn(user.userName, user.domain)}' was added to the group '${group.name}' by ${caller.login}.`;
    await this.events.record('GROUP_MEMBER_ADDED', text, { userId: accountId });
    return group;
  }

  /** Takes a user out of a group. @throws NotFoundError, ForbiddenError, UnsupportedError */
  async leave(accountId: string, groupId: string, caller: Caller): Promise<void> {
    const user = await this.userOf(accountId);
    const group = await this.getOf(accountId, groupId);
    refuseForeignGroup('remove', group);
    await this.guard.requireOver(groupId, caller.id);
    await this.db.delete(AccountGroupMember, { accountId, groupId });
    this.tokens.changed();
    const text = `User '${calledIn(user.userName, user.domain)}' was removed from the group '${group.name}' by ${caller.login}.`;
    await this.events.record('GROUP_MEMBER_REMOVED', text, { userId: accountId });
  }

  private async userOf(id: string): Promise<Account> {
    const user = await this.db.findOneBy(Account, { id });
    if (!user) throw new NotFoundError('User', id);
    return user;
  }
}
