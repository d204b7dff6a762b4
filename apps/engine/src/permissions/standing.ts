import type { EntityManager } from 'typeorm';
import { EVERYONE_ID, SYSTEM_ID } from './object.tree';
import type { Permit } from './permit.catalog';

/** What somebody is, before one looks at single objects. */
export interface Standing {
  /** The user, his groups, and the group of everybody: whose permissions are his. */
  readonly principals: readonly string[];
  /** Has a role with the permit `login` on anything; what everybody has does not count, as in oVirt. */
  readonly mayLogIn: boolean;
  /** Has an administrative role on anything. */
  readonly isAdministrator: boolean;
  /** Has an administrative role on anything: oVirt shows such users everything, and asks for permits before they change it. */
  readonly seesEverything: boolean;
  /** What he may do on the system, and so everywhere. */
  readonly everywhere: ReadonlySet<Permit>;
}

interface Row {
  may_log_in: boolean | null;
  is_administrator: boolean | null;
  everywhere: Permit[] | null;
}

/** Permissions are many, the roles in them few: permits are looked up once for each role. */
const STANDING = `WITH held AS (SELECT DISTINCT role_id, object_id = $2::uuid AS on_system, principal_id = $3::uuid AS everybodys FROM permission WHERE principal_id = ANY($1::uuid[]))
  SELECT bool_or(rp.permit = 'login' AND NOT held.everybodys) AS may_log_in, bool_or(r.administrative) AS is_administrator,
    array_agg(DISTINCT rp.permit) FILTER (WHERE held.on_system) AS everywhere
  FROM held JOIN role r ON r.id = held.role_id JOIN role_permit rp ON rp.role_id = r.id`;

/** Reads somebody's standing: one indexed query. */
export async function readStanding(db: EntityManager, accountId: string, groupIds: readonly string[]): Promise<Standing> {
  const principals = [accountId, ...groupIds, EVERYONE_ID];
  const [row] = await db.query<Row[]>(STANDING, [principals, SYSTEM_ID, EVERYONE_ID]);
  return {
    principals,
    mayLogIn: row?.may_log_in ?? false,
    isAdministrator: row?.is_administrator ?? false,
    seesEverything: row?.is_administrator ?? false,
    everywhere: new Set(row?.everywhere ?? []),
  };
}
