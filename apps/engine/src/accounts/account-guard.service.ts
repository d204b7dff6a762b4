import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { AccessService } from '../permissions/access.service';
import { SYSTEM } from '../permissions/object.tree';

interface Holdings {
  readonly any: boolean;
  readonly administrative: boolean;
}

/** Everything that a user or a group has, also by the groups that a user is in. What everybody has counts for nobody. */
const HOLDINGS = `SELECT count(*) > 0 AS any, coalesce(bool_or(role.administrative), false) AS administrative
  FROM permission JOIN role ON role.id = permission.role_id
  WHERE principal_id = $1 OR principal_id IN (SELECT group_id FROM account_group_member WHERE account_id = $1)`;

/**
 * Who sets the password of a user becomes him, and who joins a group gets what it has. So that takes the permit with which one could have
 * given all that anyway: to give administrative roles, or permissions on everything.
 */
@Injectable()
export class AccountGuard {
  constructor(
    private readonly db: EntityManager,
    private readonly access: AccessService,
  ) {}

  /** @param id of a user or a group; everybody may be himself @throws ForbiddenError */
  async requireOver(id: string, askerId: string): Promise<void> {
    if (id === askerId) return;
    const [held] = await this.db.query<Holdings[]>(HOLDINGS, [id]);
    if (held?.administrative) return this.access.require(askerId, 'manipulate_roles', SYSTEM);
    if (held?.any) await this.access.require(askerId, 'manipulate_permissions', SYSTEM);
  }
}
