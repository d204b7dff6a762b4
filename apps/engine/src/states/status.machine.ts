import type { EntityManager, EntityTarget, FindOptionsWhere, QueryDeepPartialEntity } from 'typeorm';
import { In } from 'typeorm';

/** From each status to those that may follow it, each with what makes it follow: a short phrase for the drawing. */
export type StatusTable<Status extends string> = { readonly [From in Status]: { readonly [To in Exclude<Status, From>]?: string } };

/** How objects come to be and end, by the status in which they do. */
export interface Ends<Status extends string> {
  readonly begins: { readonly [At in Status]?: string };
  readonly ends: { readonly [At in Status]?: string };
}

/** An object whose status changes. */
interface Stateful {
  id: string;
  status: string;
}

/** The statuses from which one may go to those that follow all of them. */
export interface Move<E, From, To> {
  readonly from: From | readonly From[];
  readonly to: To;
  /** What else must be so. */
  readonly where?: FindOptionsWhere<E>;
}

/**
 * The statuses of one kind of object and what may follow what. A change that the table does not have is no TypeScript; one that comes too
 * late, because the object is no longer where it was, changes nothing.
 */
export class StatusMachine<E extends Stateful, Table extends StatusTable<E['status']>> {
  /** @param title what the objects are called, in the plural */
  constructor(
    readonly title: string,
    readonly table: Table,
    readonly ends: Ends<E['status']>,
    private readonly entity: EntityTarget<E>,
  ) {}

  /**
   * Compares and sets the status of an object, or of several, with other columns.
   * @returns false if one is in none of these statuses, or gone; the others have then been changed all the same
   */
  async move<From extends keyof Table & E['status'], To extends keyof Table[From] & E['status']>(
    tx: EntityManager,
    ids: string | readonly string[],
    { from, to, where }: Move<E, From, To>,
    changes: Partial<Omit<E, 'id' | 'status'>> = {},
  ): Promise<boolean> {
    const wanted = [ids].flat();
    const criteria = { ...where, id: In(wanted), status: In([from].flat()) } as FindOptionsWhere<E>;
    const { affected } = await tx.update(this.entity, criteria, { ...changes, status: to } as unknown as QueryDeepPartialEntity<E>);
    return affected === wanted.length;
  }
}
