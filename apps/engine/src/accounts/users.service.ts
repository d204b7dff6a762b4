import { messages, renderMessage } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { brokenUniqueConstraint } from '../database/constraint.violation';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { AccessTokensService } from './access-tokens.service';
import { AccountGuard } from './account-guard.service';
import { groupFields, userFields } from './account.columns';
import { Account } from './account.entity';
import type { Caller } from './caller';
import { INTERNAL_PROFILE, requireInternalDomain } from './internal.domain';
import { hashPassword } from './password-hash';
import type { ChangedUser, NewUser } from './user.input';

const SEARCHABLE: Searchable = {
  fields: userFields('account'),
  references: {
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

/** The users of the built-in domain. */
@Injectable()
export class UsersService {
  constructor(
    private readonly db: EntityManager,
    private readonly tokens: AccessTokensService,
    private readonly events: EventsService,
    private readonly guard: AccountGuard,
  ) {}

  list(query: ListQuery): Promise<Account[]> {
    return applySearch(this.db.createQueryBuilder(Account, 'account'), SEARCHABLE, query).getMany();
  }

  /** @throws NotFoundError */
  async get(id: string, db = this.db): Promise<Account> {
    const found = await db.findOneBy(Account, { id });
    if (!found) throw new NotFoundError('User', id);
    return found;
  }

  /**
   * Adds a user. One that is there already is given back if there is nothing to set, as oVirt does with users of a directory.
   * @throws ConflictError, NotFoundError for another domain
   */
  async add({ user_name: userName, domain, password, ...names }: NewUser, caller: Caller): Promise<Account> {
    requireInternalDomain(domain);
    const known = await this.db.findOneBy(Account, { userName, domain: INTERNAL_PROFILE });
    if (known && password === undefined) return known;
    const id = randomUUID();
    const passwordHash = password === undefined ? '' : await hashPassword(password);
    const row = { id, userName, domain: INTERNAL_PROFILE, passwordHash, name: userName, ...columnsOf(names) };
    await this.db.transaction(async (tx) => {
      await tx.insert(Account, row).catch((error: unknown) => {
        if (!brokenUniqueConstraint(error)) throw error;
        throw new ConflictError(renderMessage(messages.NAME_ALREADY_USED, { action: 'add', type: 'User' }), { cause: error });
      });
      await this.events.record('USER_ADDED', `User '${userName}' was added by ${caller.login}.`, { userId: id }, tx);
    });
    return this.get(id);
  }

  /** A new password ends all log-ins of the user. @throws NotFoundError, ForbiddenError */
  async update(id: string, { password, ...names }: ChangedUser, caller: Caller): Promise<Account> {
    await this.get(id);
    if (password !== undefined) await this.guard.requireOver(id, caller.id);
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    const changes = { ...columnsOf(names), ...(passwordHash === undefined ? {} : { passwordHash }) };
    const changed = await this.db.transaction(async (tx) => {
      const { userName } = await this.get(id, tx);
      if (Object.keys(changes).length > 0) await tx.update(Account, { id }, changes);
      if (passwordHash !== undefined) await this.tokens.endAll(id, tx);
      await this.events.record('USER_UPDATED', `User '${userName}' was changed by ${caller.login}.`, { userId: id }, tx);
      return this.get(id, tx);
    });
    this.tokens.changed();
    return changed;
  }

  /** Ends its log-ins too. @throws NotFoundError, ConflictError, ForbiddenError */
  async remove(id: string, caller: Caller): Promise<void> {
    const { userName } = await this.get(id);
    if (userName === FIRST_ADMINISTRATOR) throw new ConflictError("Cannot remove User. The user 'admin' cannot be removed.");
    if (id === caller.id) throw new ConflictError('Cannot remove User. You cannot remove the user that you are logged in with.');
    await this.guard.requireOver(id, caller.id);
    await this.db.transaction(async (tx) => {
      await tx.delete(Account, { id });
      await this.events.record('USER_REMOVED', `User '${userName}' was removed by ${caller.login}.`, { userId: id }, tx);
    });
    this.tokens.changed();
  }
}

type Names = Omit<ChangedUser, 'password'>;

/** Only the columns that are given. */
function columnsOf({ last_name: lastName, ...others }: Names): Partial<Account> {
  const given = Object.entries({ ...others, lastName }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}
