import type { ReferenceInput } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager, In, type SelectQueryBuilder } from 'typeorm';
import { referred } from '../database/row.access';
import { rowsByIds } from '../database/rows.by-ids';
import { Account, AccountGroup, AccountGroupMember } from '../accounts/account.entity';
import { calledIn } from '../accounts/internal.domain';
import { ConflictError, IncompleteInputError, InvalidInputError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { AccessService } from './access.service';
import { give } from './creator.permission';
import { EVERYONE_ID, type PlaceReference, PLACES, type PlaceType, SYSTEM_ID, permittedOn, reaches } from './object.tree';
import { Permission, Role } from './permission.entity';
import type { Permit } from './permit.catalog';
import { SUPER_USER_ROLE_ID } from './predefined.roles';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whose a permission is. */
export type Principal = { readonly accountId: string } | { readonly groupId: string };

/** A permission that is to be. */
export interface Grant {
  readonly role: ReferenceInput;
  readonly principal: Principal;
  readonly object: PlaceReference;
}

/** @throws IncompleteInputError, InvalidInputError */
export function principalOf({ user, group }: { user?: { id: string } | undefined; group?: { id: string } | undefined }): Principal {
  const id = user?.id ?? group?.id;
  if (id === undefined) throw new IncompleteInputError('Permission [user.id|group.id] required for add');
  if (!UUID.test(id)) throw new InvalidInputError(`'${id.slice(0, 64)}' is no id of a user or group.`);
  return user ? { accountId: id.toLowerCase() } : { groupId: id.toLowerCase() };
}

/** Gives and takes roles on objects, and shows who has which. */
@Injectable()
export class PermissionsService {
  constructor(
    private readonly db: EntityManager,
    private readonly access: AccessService,
    private readonly events: EventsService,
  ) {}

  /** Those on the object, and those that it inherits. Who may not change them finds his own among them. */
  async list(object: PlaceReference, askerId: string): Promise<Permission[]> {
    await this.access.requireThere(object);
    const builder = this.reaching(object).orderBy('permission.id');
    const { seesEverything, principals } = await this.access.standing(askerId);
    if (seesEverything || (await this.access.may(askerId, 'manipulate_permissions', object))) return builder.getMany();
    return builder.andWhere('permission.principal_id = ANY(:own::uuid[])', { own: principals }).getMany();
  }

  /** What {@link list} shows of many objects of a type, by the object's id, in two queries for all of them. */
  async listsOf(type: PlaceType, ids: readonly string[], askerId: string): Promise<Map<string, Permission[]>> {
    const { seesEverything, principals } = await this.access.standing(askerId);
    const shown = seesEverything ? 'true' : `permission.principal_id = ANY(:principals::uuid[]) OR ${permittedOn(type, 'o')}`;
    const pairs = await this.db
      .createQueryBuilder(Permission, 'permission')
      .innerJoin(PLACES[type].table, 'o', reaches(type, 'o', 'permission'))
      .select(['o.id AS object', 'permission.id AS id'])
      .where('o.id = ANY(:ids::uuid[])', { ids })
      .andWhere(`(${shown})`, { principals, permit: 'manipulate_permissions' satisfies Permit })
      .orderBy('permission.id')
      .getRawMany<{ object: string; id: string }>();
    const reaching = pairs.map(({ id }) => id);
    const permissions = new Map((await rowsByIds(this.db, Permission, reaching)).map((one) => [one.id, one]));
    const lists = new Map(ids.map((id): [string, Permission[]] => [id, []]));
    for (const { object, id } of pairs) {
      const permission = permissions.get(id);
      if (permission) lists.get(object)?.push(permission);
    }
    return lists;
  }

  /** One of {@link list}. @throws NotFoundError */
  async get(object: PlaceReference, id: string, askerId: string): Promise<Permission> {
    const found = (await this.list(object, askerId)).find((one) => one.id === id);
    if (!found) throw new NotFoundError('Permission', id);
    return found;
  }

  /** A user and his groups; a group alone. @throws NotFoundError */
  async principalsOf(principal: Principal): Promise<string[]> {
    await this.nameOf(this.db, principal);
    if ('groupId' in principal) return [principal.groupId];
    const memberships = await this.db.findBy(AccountGroupMember, { accountId: principal.accountId });
    return [principal.accountId, ...memberships.map(({ groupId }) => groupId), EVERYONE_ID];
  }

  /** What these have, anywhere. */
  listOf(principals: readonly string[]): Promise<Permission[]> {
    return this.db
      .createQueryBuilder(Permission, 'permission')
      .where('permission.principal_id = ANY(:principals::uuid[])', { principals })
      .orderBy('permission.id')
      .getMany();
  }

  /** The roles that a user or group has on the system. */
  async rolesOf(principals: readonly string[]): Promise<Role[]> {
    const held = (await this.listOf(principals)).filter(({ objectType }) => objectType === 'system');
    return this.db.find(Role, { where: { id: In(held.map(({ roleId }) => roleId)) }, order: { name: 'ASC' } });
  }

  /** Gives a role; one that was given before is answered as it is. @throws NotFoundError, ForbiddenError */
  async grant({ role, principal, object }: Grant, askerId: string): Promise<Permission> {
    await this.access.require(askerId, 'manipulate_permissions', object);
    const found = await this.role(this.db, role);
    await this.refuseAdministrative(found, askerId, object);
    const granted = await this.db.transaction(async (tx) => {
      await this.hold(tx, object);
      const name = await this.nameOf(tx, principal);
      const permission = await this.insert(tx, found.id, principal, object);
      await this.note(tx, 'PERMISSION_ADDED', `User/Group ${name} was granted permission for Role ${found.name}`, object);
      return permission;
    });
    this.access.changed();
    return granted;
  }

  /** Takes a role away. @throws NotFoundError, ForbiddenError, ConflictError */
  async revoke(id: string, askerId: string): Promise<void> {
    const permission = await this.db.findOneBy(Permission, { id });
    if (!permission) throw new NotFoundError('Permission', id);
    const object = { type: permission.objectType, id: permission.objectId };
    await this.access.require(askerId, 'manipulate_permissions', object);
    const role = await this.role(this.db, { id: permission.roleId });
    await this.refuseAdministrative(role, askerId, object);
    await this.db.transaction(async (tx) => {
      await this.refuseLastSuperUser(tx, permission);
      await tx.delete(Permission, { id });
      await this.note(tx, 'PERMISSION_REMOVED', `User/Group permission for Role ${role.name} was removed`, object);
    });
    this.access.changed();
  }

  private async insert(tx: EntityManager, roleId: string, principal: Principal, object: PlaceReference): Promise<Permission> {
    const row = { roleId, objectType: object.type, objectId: object.id, accountId: null, groupId: null, ...principal };
    await give(tx, row);
    const { accountId, groupId } = row;
    return tx
      .createQueryBuilder(Permission, 'permission')
      .where('permission.role_id = :roleId AND permission.object_id = :objectId', { roleId, objectId: object.id })
      .andWhere('permission.principal_id = :principal', { principal: accountId ?? groupId })
      .getOneOrFail();
  }

  private reaching({ type, id }: PlaceReference): SelectQueryBuilder<Permission> {
    const builder = this.db.createQueryBuilder(Permission, 'permission');
    if (type === 'system') return builder.where('permission.object_id = :id', { id: SYSTEM_ID });
    const { table } = PLACES[type];
    return builder.where(`EXISTS (SELECT FROM ${table} o WHERE o.id = :id AND ${reaches(type, 'o', 'permission')})`, { id });
  }

  private async role(tx: EntityManager, { id, name }: ReferenceInput): Promise<Role> {
    const role = await tx.findOneBy(Role, referred({ id, name }));
    if (!role) throw new NotFoundError('Role', id ?? name ?? '');
    return role;
  }

  /** Administrators are made by super users only. */
  private async refuseAdministrative({ administrative }: Role, askerId: string, object: PlaceReference): Promise<void> {
    if (!administrative || (await this.access.mayEverywhere(askerId, 'manipulate_roles'))) return;
    await this.access.refuse(askerId, 'give or take an administrative role', object);
  }

  /** The object is there, and stays until this commits. */
  private async hold(tx: EntityManager, { type, id }: PlaceReference): Promise<void> {
    if (type === 'system') return;
    const rows = await tx.query<unknown[]>(`SELECT 1 FROM ${PLACES[type].table} WHERE id = $1 FOR KEY SHARE`, [id]);
    if (rows.length === 0) throw new NotFoundError(PLACES[type].title, id);
  }

  private async nameOf(tx: EntityManager, principal: Principal): Promise<string> {
    if ('accountId' in principal) {
      const account = await tx.findOneBy(Account, { id: principal.accountId });
      if (!account) throw new NotFoundError('User', principal.accountId);
      return calledIn(account.userName, account.domain);
    }
    if (principal.groupId === EVERYONE_ID) return 'Everyone';
    const group = await tx.findOneBy(AccountGroup, { id: principal.groupId });
    if (!group) throw new NotFoundError('Group', principal.groupId);
    return calledIn(group.name, group.domain);
  }

  private async refuseLastSuperUser(tx: EntityManager, { id, roleId, objectType }: Permission): Promise<void> {
    if (roleId !== SUPER_USER_ROLE_ID || objectType !== 'system') return;
    const others = await tx.find(Permission, { where: { roleId, objectType }, lock: { mode: 'pessimistic_write' } });
    if (others.some((one) => one.id !== id)) return;
    throw new ConflictError('Cannot remove Permission. The last super user of the system must stay.');
  }

  private async note(
    tx: EntityManager,
    kind: 'PERMISSION_ADDED' | 'PERMISSION_REMOVED',
    text: string,
    { type, id }: PlaceReference,
  ): Promise<void> {
    const field = type === 'system' ? undefined : EVENT_FIELDS[type];
    await this.events.record(
      kind,
      `${text} on ${type === 'system' ? 'System' : PLACES[type].title}.`,
      field === undefined ? {} : { [field]: id },
      tx,
    );
  }
}

/** Events refer to these; about a pool they say only its name. */
const EVENT_FIELDS: Partial<Record<PlaceType, string>> = {
  ...({ data_center: 'dataCenterId', cluster: 'clusterId', host: 'hostId', storage_domain: 'storageDomainId' } as const),
  ...({ disk: 'diskId', vm: 'vmId', template: 'templateId' } as const),
};
