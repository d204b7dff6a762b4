import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import type { Caller } from '../accounts/accounts.service';
import { ForbiddenError, NotFoundError, UnauthenticatedError } from '../errors/domain.errors';
import { type ObjectReference, type ObjectType, describeType, permittedOn, visible } from './object.tree';
import type { Permit } from './permit.catalog';
import { RefusalLog } from './refusal.log';
import { type Standing, readStanding } from './standing';
import { StandingMemory } from './standing.memory';

/** Who asks: the caller of a request, or only his id in what comes after it. */
export type Asker = Pick<Caller, 'id' | 'login'> & { readonly groupIds?: readonly string[] };

interface Verdict {
  permitted: boolean;
  seen: boolean;
}

/** Answers who may do what, and who sees what. */
@Injectable()
export class AccessService {
  private readonly standings = new StandingMemory((id, groupIds) => readStanding(this.db, id, groupIds));

  constructor(
    private readonly db: EntityManager,
    private readonly refusals: RefusalLog,
  ) {}

  /** The caller's standing. @throws UnauthenticatedError if no role of his lets him log in */
  async enter(caller: Asker): Promise<Standing> {
    const standing = await this.standings.get(caller.id, caller.groupIds ?? []);
    if (standing.mayLogIn) return standing;
    throw new UnauthenticatedError(`The user ${caller.login} is not authorized to perform login`);
  }

  /**
   * For services that learn from the body, or while they work, what a request is about. The account is the one of the request.
   * @throws ForbiddenError if it may not; NotFoundError if it does not even see the object
   */
  async require(accountId: string, permit: Permit, object: ObjectReference): Promise<void> {
    const standing = await this.standings.get(accountId);
    if (standing.everywhere.has(permit)) return;
    await this.requireOn(accountId, standing, permit, object);
  }

  /** True if the account may do this. */
  async may(accountId: string, permit: Permit, object: ObjectReference): Promise<boolean> {
    const standing = await this.standings.get(accountId);
    if (standing.everywhere.has(permit)) return true;
    return (
      object.type !== 'system' && ((await this.judge(accountId, standing, object.type, { id: object.id, permit }))?.permitted ?? false)
    );
  }

  /** The account's standing, as the request of this account found it. */
  standing(accountId: string): Promise<Standing> {
    return this.standings.get(accountId);
  }

  /** True if the account may do this to everything. */
  async mayEverywhere(accountId: string, permit: Permit): Promise<boolean> {
    return (await this.standings.get(accountId)).everywhere.has(permit);
  }

  /** @param known the standing if it is known, or narrower by the client's wish @throws NotFoundError if he does not see this */
  async requireSeen(accountId: string, type: ObjectType, id: string, known?: Standing): Promise<void> {
    const standing = known ?? (await this.standings.get(accountId));
    if (standing.seesEverything) return;
    const verdict = await this.judge(accountId, standing, type, { id });
    if (!verdict?.seen) throw new NotFoundError(describeType(type).title, id);
  }

  /** @throws NotFoundError if there is no such object */
  async requireThere({ type, id }: ObjectReference): Promise<void> {
    if (type === 'system') return;
    const { table, title } = describeType(type);
    const rows = await this.db.query<unknown[]>(`SELECT 1 FROM ${table} WHERE id = $1`, [id]);
    if (rows.length === 0) throw new NotFoundError(title, id);
  }

  /** Records a refusal. @throws ForbiddenError always */
  async refuse(accountId: string, what: string, object?: ObjectReference): Promise<never> {
    await this.refusals.record(accountId, what, object);
    throw new ForbiddenError('User is not authorized to perform this action.');
  }

  /** To be called after every change of roles and permissions. */
  changed(): void {
    this.standings.refresh();
  }

  private async requireOn(accountId: string, standing: Standing, permit: Permit, object: ObjectReference): Promise<void> {
    if (object.type === 'system') return this.refuse(accountId, permit, object);
    const verdict = await this.judge(accountId, standing, object.type, { id: object.id, permit });
    if (verdict?.permitted) return;
    if (!verdict?.seen && !standing.seesEverything) throw new NotFoundError(describeType(object.type).title, object.id);
    if (verdict) await this.refuse(accountId, permit, object);
  }

  /** One indexed query. Undefined if there is no such object: those who see everything are told so by the service. */
  private judge(
    accountId: string,
    { principals }: Standing,
    type: ObjectType,
    asked: { id: string; permit?: Permit },
  ): Promise<Verdict | undefined> {
    const { table } = describeType(type);
    const permitted = asked.permit === undefined ? 'false' : permittedOn(type, 'o');
    return this.db
      .createQueryBuilder()
      .select(`coalesce(${permitted}, false)`, 'permitted')
      .addSelect(`coalesce(${visible(type, 'o')}, false)`, 'seen')
      .from(table, 'o')
      .where('o.id = :object', { object: asked.id, viewer: accountId, principals, permit: asked.permit })
      .getRawOne<Verdict>();
  }
}
