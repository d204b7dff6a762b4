import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { findRow } from '../database/row.access';
import { AccessService } from '../permissions/access.service';
import { SYSTEM } from '../permissions/object.tree';
import { SshPublicKey, UserOption } from './user-profile.entity';
import type { NewUserOption } from './user-profile.input';

const KEY = 'SSH Public Key';
const OPTION = 'User Option';

/** What users keep for themselves. They may change it themselves, and who manages users may. */
@Injectable()
export class UserProfilesService {
  constructor(
    private readonly db: EntityManager,
    private readonly access: AccessService,
  ) {}

  /** @throws ForbiddenError */
  async requireOwn(accountId: string, askerId: string): Promise<void> {
    if (accountId !== askerId) await this.access.require(askerId, 'manipulate_users', SYSTEM);
  }

  keys(accountId: string): Promise<SshPublicKey[]> {
    return this.db.find(SshPublicKey, { where: { accountId }, order: { id: 'ASC' } });
  }

  /** @throws NotFoundError */
  key(accountId: string, id: string): Promise<SshPublicKey> {
    return findRow(this.db, SshPublicKey, KEY, { id, accountId });
  }

  async addKey(accountId: string, content: string): Promise<SshPublicKey> {
    const row = { id: randomUUID(), accountId, content };
    await this.db.insert(SshPublicKey, row);
    return row;
  }

  /** @throws NotFoundError */
  async changeKey(accountId: string, id: string, content: string): Promise<SshPublicKey> {
    await this.key(accountId, id);
    await this.db.update(SshPublicKey, { id }, { content });
    return this.key(accountId, id);
  }

  /** @throws NotFoundError */
  async removeKey(accountId: string, id: string): Promise<void> {
    await this.key(accountId, id);
    await this.db.delete(SshPublicKey, { id });
  }

  options(accountId: string): Promise<UserOption[]> {
    return this.db.find(UserOption, { where: { accountId }, order: { name: 'ASC' } });
  }

  /** @throws NotFoundError */
  option(accountId: string, id: string): Promise<UserOption> {
    return findRow(this.db, UserOption, OPTION, { id, accountId });
  }

  /** An option of the same name is replaced, as in oVirt. */
  async putOption(accountId: string, { name, content }: NewUserOption): Promise<UserOption> {
    await this.db.upsert(UserOption, { id: randomUUID(), accountId, name, content }, ['accountId', 'name']);
    return findRow(this.db, UserOption, OPTION, { accountId, name });
  }

  /** @throws NotFoundError */
  async removeOption(accountId: string, id: string): Promise<void> {
    await this.option(accountId, id);
    await this.db.delete(UserOption, { id });
  }
}
