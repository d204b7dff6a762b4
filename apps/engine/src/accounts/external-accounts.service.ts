import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { brokenUniqueConstraint } from '../database/constraint.violation';
import { EventsService } from '../events/events.service';
import { AccessTokensService } from './access-tokens.service';
import { Account } from './account.entity';
import { calledIn } from './internal.domain';
import type { ExternalIdentity } from './openid.claims';

/** The name of who logs in belongs to somebody else here. */
export class NameOfAnotherError extends Error {
  override readonly name = 'NameOfAnotherError';
}

/** Who this is, or who has his name and was never seen: one that was added beforehand. */
const FIND = `SELECT id, external_id FROM account WHERE domain = $1 AND (external_id = $2 OR user_name = $3) ORDER BY id FOR UPDATE`;

const ADD = `INSERT INTO account (id, domain, external_id, user_name, name, password_hash) VALUES ($4, $1, $2, $3, $3, '')
  ON CONFLICT DO NOTHING RETURNING id`;

/** Names that the provider does not tell stay as they are. */
const UPDATE = `UPDATE account SET external_id = $2, user_name = $3, email = coalesce(nullif($4, ''), email),
    name = coalesce(nullif($5, ''), name), last_name = coalesce(nullif($6, ''), last_name) WHERE id = $1`;

const ADD_GROUPS = `INSERT INTO account_group (id, name, domain) SELECT gen_random_uuid(), name, $1 FROM unnest($2::text[]) name ORDER BY name
  ON CONFLICT DO NOTHING`;

const JOIN = `WITH known AS (SELECT id, name FROM account_group WHERE domain = $2 AND name = ANY ($3::text[]) ORDER BY id FOR KEY SHARE),
    joined AS (INSERT INTO account_group_member (account_id, group_id) SELECT $1, id FROM known ON CONFLICT DO NOTHING RETURNING group_id)
  SELECT name FROM known WHERE id IN (SELECT group_id FROM joined) ORDER BY name`;

const LEAVE = `DELETE FROM account_group_member member USING account_group g WHERE member.account_id = $1 AND g.id = member.group_id
  AND g.domain = $2 AND NOT g.name = ANY ($3::text[]) RETURNING g.name`;

/** How many groups an event names. */
const NAMED = 20;

interface Seen {
  id: string;
  external_id: string | null;
}

/** A change of an account's groups. */
interface Membership {
  readonly account: Account;
  readonly names: readonly string[];
}

/** The accounts of the OpenID provider's users, as far as they have logged in or were added beforehand. */
@Injectable()
export class ExternalAccountsService {
  constructor(
    private readonly db: EntityManager,
    private readonly tokens: AccessTokensService,
    private readonly events: EventsService,
  ) {}

  /**
   * Writes whom the provider has recognized, and his groups; the groups of other domains stay as they are.
   * @throws NameOfAnotherError
   */
  async write(profile: string, identity: ExternalIdentity): Promise<Account> {
    const { account, changed } = await this.db.transaction(async (tx) => {
      const id = await this.find(tx, profile, identity);
      const account = await this.update(tx, id, identity);
      return { account, changed: await this.writeGroups(tx, account, identity.groups) };
    });
    if (changed) this.tokens.changed();
    return account;
  }

  private async update(tx: EntityManager, id: string, { externalId, userName, ...known }: ExternalIdentity): Promise<Account> {
    await tx.query(UPDATE, [id, externalId, userName, known.email, known.firstName, known.lastName]).catch((error: unknown) => {
      throw brokenUniqueConstraint(error) ? nameOfAnother(userName) : error;
    });
    return tx.findOneByOrFail(Account, { id });
  }

  /** The id of the account, which is there from now on: who logs in at the same time waits for it. */
  private async find(tx: EntityManager, profile: string, identity: ExternalIdentity): Promise<string> {
    const key = [profile, identity.externalId, identity.userName];
    const [added] = await tx.query<{ id: string }[]>(ADD, [...key, randomUUID()]);
    if (!added) return chosen(await tx.query<Seen[]>(FIND, key), identity);
    const text = `User '${calledIn(identity.userName, profile)}' was added by the first log-in.`;
    await this.events.record('USER_ADDED', text, { userId: added.id }, tx);
    return added.id;
  }

  private async writeGroups(tx: EntityManager, account: Account, names: readonly string[]): Promise<boolean> {
    const { id, domain } = account;
    await tx.query(ADD_GROUPS, [domain, names]);
    const joined = await tx.query<{ name: string }[]>(JOIN, [id, domain, names]);
    const [left] = await tx.query<[{ name: string }[], number]>(LEAVE, [id, domain, names]);
    await this.tell(tx, 'GROUP_MEMBER_ADDED', { account, names: joined.map(({ name }) => name) });
    await this.tell(tx, 'GROUP_MEMBER_REMOVED', { account, names: left.map(({ name }) => name) });
    return joined.length + left.length > 0;
  }

  private async tell(
    tx: EntityManager,
    kind: 'GROUP_MEMBER_ADDED' | 'GROUP_MEMBER_REMOVED',
    { account, names }: Membership,
  ): Promise<void> {
    if (names.length === 0) return;
    const [verb, way] = kind === 'GROUP_MEMBER_ADDED' ? ['added', 'to'] : ['removed', 'from'];
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
    const groups = `'${names.slice(0, NAMED).join("', '")}'${more}`;
    const text = `User '${calledIn(account.userName, account.domain)}' was ${verb} ${way} the groups ${groups}, as the OpenID provider says.`;
    await this.events.record(kind, text, { userId: account.id }, tx);
  }
}

const nameOfAnother = (userName: string): NameOfAnotherError =>
  new NameOfAnotherError(`the name ${userName} belongs to another user here, who must be removed first`);

/** The row that is this identity's, or may become it. @throws NameOfAnotherError */
function chosen(seen: readonly Seen[], { externalId, userName }: ExternalIdentity): string {
  const [only] = seen;
  const isHis = only?.external_id === externalId || only?.external_id === null;
  if (only && seen.length === 1 && isHis) return only.id;
  throw nameOfAnother(userName);
}
