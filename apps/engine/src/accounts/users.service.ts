import { messages, renderMessage } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { brokenUniqueConstraint } from '../database/constraint.violation';
import { ConflictError, NotFoundError, UnsupportedError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { AccessTokensService } from './access-tokens.service';
import { AccountGuard } from './account-guard.service';
import { groupFields, userFields } from './account.columns';
import { Account } from './account.entity';
import type { Caller } from './caller';
import { type Directory, type NamedUser, directoryOf } from './directories.service';
import { INTERNAL_PROFILE, calledIn, isInternal } from './internal.domain';
import { hashPassword } from './password-hash';
import type { ChangedUser } from './user.input';
import { vmFields } from '../vms/vm.columns';
import { hostFields } from '../hosts/host.columns';
import { templateFields } from '../templates/template.columns';
import { tagField } from '../tags/tag.columns';
import { eventFields } from '../events/event.columns';

/** Objects of one kind on which a user has a role. */
const HELD = (table: string): string => `permission p JOIN ${table} o ON o.id = p.object_id WHERE p.account_id = account.id`;

const SEARCHABLE: Searchable = {
  fields: { ...userFields('account'), tag: tagField('account_id', 'account') },
  references: {
    vm: { from: HELD('vm'), fields: vmFields('o') },
    host: {
      from: `permission p JOIN vm v ON v.id = p.object_id JOIN host h ON h.id = v.host_id WHERE p.account_id = account.id`,
      fields: hostFields('h'),
    },
    template: { from: HELD('template'), fields: templateFields('o') },
    event: { from: 'event e WHERE e.user_id = account.id', fields: eventFields('e') },
    group: {
      from: 'account_group_member member JOIN account_group g ON g.id = member.group_id WHERE member.account_id = account.id',
      fields: groupFields('g'),
    },
  },
  defaultSort: 'usrname',
  freeText: ['usrname', 'name', 'lastname', 'email'],
};

/** The first administrator is the way back in: it stays. */
const FIRST_ADMINISTRATOR = 'admin';

const calledOf = ({ userName, domain }: Account): string => calledIn(userName, domain);

/** The users of the built-in domain, and those of the OpenID provider that are known here. */
@Injectable()
export class UsersService {
  constructor(
    private readonly db: EntityManager,
    private readonly tokens: AccessTokensService,
    private readonly events: EventsService,
    private readonly guard: AccountGuard,
  ) {}

  /** @param directory if only its users are meant */
  list(query: ListQuery, directory?: Directory): Promise<Account[]> {
    const builder = this.db.createQueryBuilder(Account, 'account');
    if (directory) builder.where('account.domain = :profile', { profile: directory.profile });
    return applySearch(builder, SEARCHABLE, query).getMany();
  }

  /** @throws NotFoundError */
  async get(id: string, db = this.db): Promise<Account> {
    const found = await db.findOneBy(Account, { id });
    if (!found) throw new NotFoundError('User', id);
    return found;
  }

  /** One of the directory. @throws NotFoundError */
  async getIn({ profile }: Directory, id: string): Promise<Account> {
    const found = await this.get(id);
    if (found.domain !== profile) throw new NotFoundError('User', id);
    return found;
  }

  /**
   * Adds a user; one of the OpenID provider so that he can be given permissions before he first logs in. One that is there already is given
   * back if there is nothing to set, as oVirt does with users of a directory.
   * @throws ConflictError, UnsupportedError for a password that is not kept here
   */
  async add({ directory, userName }: NamedUser, { password, ...names }: ChangedUser, caller: Caller): Promise<Account> {
    const domain = directory.profile;
    if (password !== undefined) refuseForeignPassword('add', domain);
    const known = await this.db.findOneBy(Account, { userName, domain });
    if (known && password === undefined) return known;
    const id = randomUUID();
    const passwordHash = password === undefined ? '' : await hashPassword(password);
    const row = { id, userName, domain, passwordHash, name: userName, ...columnsOf(names) };
    await this.db.transaction(async (tx) => {
      await tx.insert(Account, row).catch((error: unknown) => {
        if (!brokenUniqueConstraint(error)) throw error;
        throw new ConflictError(renderMessage(messages.NAME_ALREADY_USED, { action: 'add', type: 'User' }), { cause: error });
      });
      await this.events.record('USER_ADDED', `User '${calledIn(userName, domain)}' was added by ${caller.login}.`, { userId: id }, tx);
    });
    return this.get(id);
  }

  /** A new password ends all log-ins of the user. @throws NotFoundError, ForbiddenError, UnsupportedError for a password that is not kept here */
  async update(id: string, { password, ...names }: ChangedUser, caller: Caller): Promise<Account> {
    const { domain } = await this.get(id);
    if (password !== undefined) refuseForeignPassword('edit', domain);
    if (password !== undefined) await this.guard.requireOver(id, caller.id);
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    const changes = { ...columnsOf(names), ...(passwordHash === undefined ? {} : { passwordHash }) };
    const changed = await this.db.transaction(async (tx) => {
      const called = calledOf(await this.get(id, tx));
      if (Object.keys(changes).length > 0) await tx.update(Account, { id }, changes);
      if (passwordHash !== undefined) await this.tokens.endAll(id, tx);
      await this.events.record('USER_UPDATED', `User '${called}' was changed by ${caller.login}.`, { userId: id }, tx);
      return this.get(id, tx);
    });
    this.tokens.changed();
    return changed;
  }

  /** Ends its log-ins too. @throws NotFoundError, ConflictError, ForbiddenError */
  async remove(id: string, caller: Caller): Promise<void> {
    const user = await this.get(id);
    if (user.userName === FIRST_ADMINISTRATOR && isInternal(user))
      throw new ConflictError("Cannot remove User. The user 'admin' cannot be removed.");
    if (id === caller.id) throw new ConflictError('Cannot remove User. You cannot remove the user that you are logged in with.');
    await this.guard.requireOver(id, caller.id);
    await this.db.transaction(async (tx) => {
      await tx.delete(Account, { id });
      await this.events.record('USER_REMOVED', `User '${calledOf(user)}' was removed by ${caller.login}.`, { userId: id }, tx);
    });
    this.tokens.changed();
  }
}

/** @throws UnsupportedError */
function refuseForeignPassword(action: 'add' | 'edit', domain: string): void {
  if (domain === INTERNAL_PROFILE) return;
  const reason = `The password of a user of ${directoryOf(domain).name} is kept by the OpenID provider and cannot be set here`;
  throw new UnsupportedError(`Cannot ${action} User. ${reason}: leave out [password].`);
}

type Names = Omit<ChangedUser, 'password'>;

/** Only the columns that are given. */
function columnsOf({ last_name: lastName, ...others }: Names): Partial<Account> {
  const given = Object.entries({ ...others, lastName }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}
