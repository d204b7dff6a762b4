import { type Links, type WireObject, collection } from '@clinker/ovirt-api';
import type { Account, AccountGroup } from './account.entity';
import { INTERNAL_DOMAIN, INTERNAL_DOMAIN_ID } from './internal.domain';

/** Sub-collections of groups in which there is nothing here, by path segment. */
export const emptyGroupCollections: Readonly<Record<string, string>> = { permissions: 'permissions', roles: 'roles', tags: 'tags' };

/** Sub-collections of users in which there is nothing here, by path segment. */
export const emptyUserCollections: Readonly<Record<string, string>> = { eventsubscriptions: 'event_subscriptions' };

const USER_RELS = [...Object.keys(emptyUserCollections), 'groups', 'options', 'permissions', 'roles', 'sshpublickeys', 'tags'];
const GROUP_RELS = Object.keys(emptyGroupCollections);

const domainReference = (links: Links): WireObject => ({
  ...links.reference('domains', INTERNAL_DOMAIN_ID),
  name: INTERNAL_DOMAIN,
});

/** How a user is called in the API: by the directory, where one logs in by the profile. */
export const userNameOf = ({ userName }: Pick<Account, 'userName'>): string => `${userName}@${INTERNAL_DOMAIN}`;

/** A user as oVirt shows it. The password is never shown. */
export function userRepresentation(account: Account, links: Links): WireObject & { id: string } {
  const identity = links.reference('users', account.id);
  return {
    ...identity,
    name: account.name,
    link: links.subCollections(identity.href, USER_RELS),
    department: account.department,
    domain_entry_id: account.id,
    email: account.email,
    last_name: account.lastName,
    namespace: '*',
    principal: account.userName,
    user_name: userNameOf(account),
    domain: domainReference(links),
  };
}

/** A group as oVirt shows it. */
export function groupRepresentation({ id, name }: AccountGroup, links: Links): WireObject & { id: string } {
  const identity = links.reference('groups', id);
  return {
    ...identity,
    name,
    link: links.subCollections(identity.href, GROUP_RELS),
    domain_entry_id: id,
    namespace: '*',
    domain: domainReference(links),
  };
}

/** The built-in directory. */
export function domainRepresentation(links: Links): WireObject {
  const identity = links.reference('domains', INTERNAL_DOMAIN_ID);
  const searches = ['users', 'groups'].map((rel) => ({ href: `${identity.href}/${rel}?search={query}`, rel: `${rel}/search` }));
  return { ...identity, name: INTERNAL_DOMAIN, link: [...links.subCollections(identity.href, ['users', 'groups']), ...searches] };
}

/** A user or group as an entry of the directory: the same, but below it. */
export const inDirectory = (entry: WireObject & { id: string }, segment: 'users' | 'groups', links: Links): WireObject => ({
  ...entry,
  link: undefined,
  ...links.reference(`domains/${INTERNAL_DOMAIN_ID}/${segment}`, entry.id),
});

/** A collection's body. */
export const listOf = <T>(element: string, found: readonly T[], represent: (one: T) => WireObject): WireObject =>
  collection(element, found.map(represent));
