import { SubLinks, type Wire, type WireObject, relOf } from '@clinker/ovirt-api';

/** A reference somewhere in an answer, and how to put the full object in its place. */
export interface FollowedReference {
  readonly href: string;
  replace(full: WireObject): void;
}

/** A link to a sub-collection, and how to put its members in its place. */
export interface FollowedCollection {
  /** The address of the object that it belongs to. */
  readonly href: string;
  readonly segment: string;
  replace(member: string, item: string, found: readonly WireObject[]): void;
}

/** What one name stands for in one object. */
export interface FollowedLinks {
  readonly references: readonly FollowedReference[];
  readonly collections: readonly FollowedCollection[];
}

const isObject = (value: Wire): value is WireObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date) && !(value instanceof SubLinks);

const isReference = (value: Wire): value is WireObject & { href: string } =>
  isObject(value) && typeof value['href'] === 'string' && typeof value['id'] === 'string';

/** The list of an object such as `{ storage_domain: [...] }`, with the name of its items. */
function listIn(value: WireObject): [item: string, list: Wire[]] | undefined {
  const [only, ...others] = Object.entries(value);
  return only && others.length === 0 && Array.isArray(only[1]) ? [only[0], only[1]] : undefined;
}

/** Full objects are put into copies of lists and references: representations may share parts. */
function referencesIn(object: WireObject, member: string): FollowedReference[] {
  const value = object[member];
  if (isReference(value)) return [{ href: value.href, replace: (full) => void (object[member] = full) }];
  const found = isObject(value) ? listIn(value) : undefined;
  if (!found) return [];
  const [item, list] = found;
  const copy = [...list];
  object[member] = { [item]: copy };
  return list.flatMap((one, index) => (isReference(one) ? [{ href: one.href, replace: (full) => void (copy[index] = full) }] : []));
}

/** The links of an object but one, if it has that one. */
function linksWithout(links: Wire, name: string): Wire | undefined {
  if (links instanceof SubLinks) return links.rels.includes(name) ? links.without(name) : undefined;
  if (!Array.isArray(links)) return undefined;
  const others = links.filter((link) => !(isObject(link) && link['rel'] === name));
  return others.length < links.length ? others : undefined;
}

function collectionsIn(object: WireObject, name: string): FollowedCollection[] {
  const { href, link } = object;
  const others = linksWithout(link, name);
  if (typeof href !== 'string' || others === undefined) return [];
  const replace: FollowedCollection['replace'] = (member, item, found) => {
    object['link'] = others;
    object[member] = { [item]: [...found] };
  };
  return [{ href, segment: name, replace }];
}

/** The name of a member as `follow` has it, by the member: there are few, as they are those of the API. */
const followNames = new Map<string, string>();

function followName(member: string): string {
  const known = followNames.get(member);
  if (known !== undefined) return known;
  const name = relOf(member);
  followNames.set(member, name);
  return name;
}

/** Finds what a name of `follow` (lower case, without underscores) stands for: a member that refers, or a link. */
export function followedLinks(object: WireObject, name: string): FollowedLinks {
  const member = Object.keys(object).find((one) => followName(one) === name);
  if (member !== undefined) return { references: referencesIn(object, member), collections: [] };
  return { references: [], collections: collectionsIn(object, name) };
}
