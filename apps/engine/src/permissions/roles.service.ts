import { messages, renderMessage } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { brokenUniqueConstraint, isForeignKeyViolation } from '../database/constraint.violation';
import { ConflictError, IncompleteInputError, InvalidInputError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { AccessService } from './access.service';
import { Role, RolePermit } from './permission.entity';
import { PERMITS, type Permit, areUserPermits, byNumber, findPermit, showChildren } from './permit.catalog';
import type { ChangedRole, NewRole, PermitReference } from './role.input';

const SEARCHABLE: Searchable = {
  fields: { id: 'role.id::text', name: 'role.name', description: 'role.description' },
  defaultSort: 'name',
  freeText: ['name', 'description'],
};

/** Roles and their permits. oVirt's own cannot be changed. */
@Injectable()
export class RolesService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
    private readonly access: AccessService,
  ) {}

  list(query: ListQuery): Promise<Role[]> {
    return applySearch(this.db.createQueryBuilder(Role, 'role'), SEARCHABLE, query).getMany();
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<Role> {
    const role = await this.db.findOneBy(Role, { id });
    if (!role) throw new NotFoundError('Role', id);
    return role;
  }

  /** @throws IncompleteInputError, InvalidInputError, ConflictError */
  async add({ name, description = '', administrative = false, permits }: NewRole): Promise<Role> {
    const wanted = permits.map((one) => this.permit(one));
    if (wanted.length === 0) throw new IncompleteInputError('Role [permits.id] required for add');
    this.refuseTooMuch(administrative, wanted);
    const id = randomUUID();
    await this.unique('add', () =>
      this.db.transaction(async (tx) => {
        await tx.insert(Role, { id, name, description, administrative, allowsViewingChildren: false, predefined: false });
        await this.give(tx, id, wanted);
      }),
    );
    return this.events.tell('ROLE_ADDED', await this.get(id));
  }

  /** @throws NotFoundError, ConflictError */
  async update(id: string, { name, description }: ChangedRole): Promise<Role> {
    await this.unique('edit', () =>
      this.db.transaction(async (tx) => {
        const role = await this.changeable(tx, id, 'edit');
        await tx.update(Role, { id }, { name: name ?? role.name, description: description ?? role.description });
      }),
    );
    return this.events.tell('ROLE_UPDATED', await this.get(id));
  }

  /** @throws NotFoundError, ConflictError */
  async remove(id: string): Promise<void> {
    const role = await this.get(id);
    try {
      await this.db.transaction(async (tx) => {
        await this.changeable(tx, id, 'remove');
        await tx.delete(Role, { id });
      });
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error;
      throw new ConflictError('Cannot remove Role. The Role is assigned to users or groups: remove these permissions first.', {
        cause: error,
      });
    }
    await this.events.tell('ROLE_REMOVED', role);
  }

  /** @throws NotFoundError */
  async permits(id: string): Promise<Permit[]> {
    await this.get(id);
    const rows = await this.db.findBy(RolePermit, { roleId: id });
    return rows.map(({ permit }) => permit).sort(byNumber);
  }

  /** @throws NotFoundError */
  async permitOf(id: string, permitId: string): Promise<Permit> {
    const found = (await this.permits(id)).find((permit) => String(PERMITS[permit].id) === permitId);
    if (!found) throw new NotFoundError('Permit', permitId);
    return found;
  }

  /** @throws NotFoundError, ConflictError, InvalidInputError */
  async addPermit(id: string, input: PermitReference): Promise<Permit> {
    const permit = this.permit(input);
    await this.db.transaction(async (tx) => {
      const { name, administrative } = await this.changeable(tx, id, 'edit');
      this.refuseTooMuch(administrative, [permit]);
      await this.give(tx, id, [permit]);
      await this.events.record('ROLE_PERMIT_ADDED', `The permit ${permit} was added to Role ${name}.`, {}, tx);
    });
    this.access.changed();
    return permit;
  }

  /** The last one too: Ansible takes all of them away before it gives others. @throws NotFoundError, ConflictError */
  async removePermit(id: string, permitId: string): Promise<void> {
    const permit = await this.permitOf(id, permitId);
    await this.db.transaction(async (tx) => {
      const { name } = await this.changeable(tx, id, 'edit');
      await tx.delete(RolePermit, { roleId: id, permit });
      await this.decideViewing(tx, id);
      await this.events.record('ROLE_PERMIT_REMOVED', `The permit ${permit} was removed from Role ${name}.`, {}, tx);
    });
    this.access.changed();
  }

  private async give(tx: EntityManager, roleId: string, permits: readonly Permit[]): Promise<void> {
    const rows = permits.map((permit) => ({ roleId, permit }));
    await tx.createQueryBuilder().insert().into(RolePermit).values(rows).orIgnore().execute();
    await this.decideViewing(tx, roleId);
  }

  private async decideViewing(tx: EntityManager, id: string): Promise<void> {
    const permits = (await tx.findBy(RolePermit, { roleId: id })).map(({ permit }) => permit);
    await tx.update(Role, { id }, { allowsViewingChildren: showChildren(permits) });
  }

  private permit(input: PermitReference): Permit {
    if (input.id === undefined && input.name === undefined) throw new IncompleteInputError('Permit [id|name] required for add');
    const found = findPermit(input);
    if (!found) throw new InvalidInputError(`There is no permit '${input.id ?? input.name ?? ''}'.`);
    return found;
  }

  private refuseTooMuch(administrative: boolean, permits: readonly Permit[]): void {
    if (administrative || areUserPermits(permits)) return;
    const names = permits.filter((permit) => PERMITS[permit].administrative).join(', ');
    throw new ConflictError(`Cannot add permits to Role. Only an administrative Role can have ${names}.`);
  }

  /** A role that is not oVirt's own; its row is locked, so that its permits change one after another. */
  private async changeable(tx: EntityManager, id: string, action: string): Promise<Role> {
    const role = await tx.findOne(Role, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!role) throw new NotFoundError('Role', id);
    if (!role.predefined) return role;
    throw new ConflictError(`Cannot ${action} Role. The Role ${role.name} is predefined and cannot be changed.`);
  }

  private async unique(action: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (brokenUniqueConstraint(error) === undefined) throw error;
      throw new ConflictError(renderMessage(messages.NAME_ALREADY_USED, { action, type: 'Role' }), { cause: error });
    }
  }
}
