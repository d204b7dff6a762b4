import { type Links, type WireObject, collection } from '@clinker/ovirt-api';
import type { Account, AccountGroup } from './account.entity';
import { type Directory, directoryOf } from './directories.service';
import { INTERNAL_PROFILE, isInternal } from './internal.domain';

/** Sub-collections of groups in which there is nothing here, by path segment. */
export const emptyGroupCollections: Readonly<Record<string, string>> = { tags: 'tags' };

/** Sub-collections of users in which there is nothing here, by path segment. */
export const emptyUserCollections: Readonly<Record<string, string>> = { eventsubscriptions: 'event_subscriptions' };

const USER_RELS = [...Object.keys(emptyUserCollections), 'groups', 'options', 'permissions', 'roles', 'sshpublickeys', 'tags'];
const GROUP_RELS = ['permissions', 'roles', ...Object.keys(emptyGroupCollections)];

/** The directory that a user or group is of. */
export const homeOf = ({ domain }: Pick<Account, 'domain'>): Directory => directoryOf(isInternal({ domain }) ? INTERNAL_PROFILE : domain);

const domainReference = ({ id, name }: Directory, links: Links) => ({ ...links.reference('domains', id), name });

/** How a user is called in the API: by the directory, where one logs in by the profile. */
export const userNameOf = ({ userName, domain }: Pick<Account, 'userName' | 'domain'>): string => `${userName}@${homeOf({ domain }).name}`;

/** A user or group, which tells its directory. */
type DirectoryEntry = WireObject & { id: string; domain: { id: string } };

/** A user as oVirt shows it. The password is never shown. */
export function userRepresentation(account: Account, links: Links): DirectoryEntry {
  const identity = links.reference('users', account.id);
  return {
    ...identity,
    name: account.name,
    link: links.subCollections(identity.href, USER_RELS),
    department: account.department,
    domain_entry_id: account.externalId ?? account.id,
    email: account.email,
    last_name: account.lastName,
    namespace: '*',
    principal: account.userName,
    user_name: userNameOf(account),
    domain: domainReference(homeOf(account), links),
  };
}

/** A group as oVirt shows it. */
export function groupRepresentation({ id, name, domain }: AccountGroup, links: Links): DirectoryEntry {
  const identity = links.reference('groups', id);
  return {
    ...identity,
    name,
    link: links.subCollections(identity.href, GROUP_RELS),
    domain_entry_id: id,
    namespace: '*',
    domain: domainReference(homeOf({ domain }), links),
  };
}

/** A directory as oVirt shows it. */
export function domainRepresentation({ id, name }: Directory, links: Links): WireObject {
  const identity = links.reference('domains', id);
  const searches = ['users', 'groups'].map((rel) => ({ href: `${identity.href}/${rel}?search={query}`, rel: `${rel}/search` }));
  return { ...identity, name, link: [...links.subCollections(identity.href, ['users', 'groups']), ...searches] };
}

/** A user as an entry of its directory: the same, but below it. */
export const userInDirectory = (user: Account, links: Links): WireObject => inDirectory(userRepresentation(user, links), 'users', links);

/** A group as an entry of its directory. */
export const groupInDirectory = (group: AccountGroup, links: Links): WireObject =>
  inDirectory(groupRepresentation(group, links), 'groups', links);

const inDirectory = (entry: DirectoryEntry, segment: 'users' | 'groups', links: Links): WireObject => ({
  ...entry,
  link: undefined,
  ...links.reference(`domains/${entry.domain.id}/${segment}`, entry.id),
});

/** A collection's body. */
export const listOf = <T>(element: string, found: readonly T[], represent: (one: T) => WireObject): WireObject =>
  collection(element, found.map(represent));
