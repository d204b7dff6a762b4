import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { rowsByIds } from '../database/rows.by-ids';
import { Followers, listsOf } from '../follow/followers';
import { Account, AccountGroup, AccountGroupMember } from './account.entity';
import { SshPublicKey, UserOption } from './user-profile.entity';
import { keyRepresentation, optionRepresentation } from './user-profile.representation';
import {
  emptyGroupCollections,
  groupInDirectory,
  groupRepresentation,
  homeOf,
  userInDirectory,
  userRepresentation,
} from './user.representation';

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);
const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

/** Makes users, groups and what users keep for themselves known to `follow`. */
@Injectable()
export class AccountFollowers {
  constructor(
    private readonly db: EntityManager,
    private readonly followers: Followers,
  ) {
    followers.objects('users', async (ids, { links }) => (await rowsByIds(db, Account, ids)).map((one) => userRepresentation(one, links)));
    followers.objects('groups', async (ids, { links }) =>
      (await rowsByIds(db, AccountGroup, ids)).map((one) => groupRepresentation(one, links)),
    );
    followers.empty('groups', emptyGroupCollections);
    this.memberships();
    this.profiles();
    this.directory();
  }

  /** Who is in the directory is for who sees everything, as where it is read. */
  private directory(): void {
    const { db, followers } = this;
    followers.list('domains/users', 'users', async (_ids, { links, viewer }) => {
      const users = viewer ? [] : (await db.find(Account)).sort(byName);
      return listsOf(
        users,
        (one) => homeOf(one).id,
        (one) => userInDirectory(one, links),
      );
    });
    followers.list('domains/groups', 'groups', async (_ids, { links, viewer }) => {
      const groups = viewer ? [] : (await db.find(AccountGroup)).sort(byName);
      return listsOf(
        groups,
        (one) => homeOf(one).id,
        (one) => groupInDirectory(one, links),
      );
    });
  }

  private memberships(): void {
    this.followers.list('users/groups', 'groups', async (ids, { links }) => {
      const memberships = await rowsByIds(this.db, AccountGroupMember, ids, 'accountId');
      const groups = await rowsByIds(this.db, AccountGroup, [...new Set(memberships.map(({ groupId }) => groupId))]);
      const found = groups
        .sort(byName)
        .flatMap((group) => memberships.filter(({ groupId }) => groupId === group.id).map(({ accountId }) => ({ accountId, group })));
      return listsOf(
        found,
        ({ accountId }) => accountId,
        ({ group }) => groupRepresentation(group, links),
      );
    });
  }

  private profiles(): void {
    const { db, followers } = this;
    followers.list('users/sshpublickeys', 'ssh_public_keys', async (ids, { links }) => {
      const keys = (await rowsByIds(db, SshPublicKey, ids, 'accountId')).sort(byId);
      return listsOf(
        keys,
        ({ accountId }) => accountId,
        (one) => keyRepresentation(one, links),
      );
    });
    followers.list(
      'users/options',
      'options',
      async (ids, { links }) => {
        const found = (await rowsByIds(db, UserOption, ids, 'accountId')).sort(byName);
        return listsOf(
          found,
          ({ accountId }) => accountId,
          (one) => optionRepresentation(one, links),
        );
      },
      'user_option',
    );
  }
}
