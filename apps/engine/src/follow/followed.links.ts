import { SubLinks, type Wire, type WireObject, isShared, linkList, relOf } from '@clinker/ovirt-api';

/** A path of the API taken apart: `vms/ID/nics/ID2` is of the kind `vms/nics`, with its ids in order. */
export interface Place {
  readonly kind: string;
  readonly ids: readonly string[];
}

/** References in an object. */
export interface FollowedReferences {
  readonly kind: 'references';
  readonly places: readonly Place[];
  /** The object, as it is by now, with full objects in the places of its references; undefined leaves one as it is. */
  withFull(object: WireObject, full: readonly (WireObject | undefined)[]): WireObject;
}

/** A link to a sub-collection. */
export interface FollowedCollection {
  readonly kind: 'collection';
  /** Where the object is that it belongs to. */
  readonly place: Place;
  readonly segment: string;
  /** The object, as it is by now, with a list in the place of the link. */
  withList(object: WireObject, list: { readonly member: string; readonly item: string }, found: readonly WireObject[]): WireObject;
}

/** What one name stands for in one object, if anything. */
export type FollowedLinks = FollowedReferences | FollowedCollection;

/** @param prefix of all addresses, which {@link Place}s do without */
function placeOf(href: string, prefix: string): Place {
  const path = href.slice(prefix.length + 1);
  const slash = path.lastIndexOf('/');
  if (slash === path.indexOf('/')) return { kind: path.slice(0, slash), ids: [path.slice(slash + 1)] };
  const kinds: string[] = [];
  const ids: string[] = [];
  for (const segment of path.split('/')) (kinds.length > ids.length ? ids : kinds).push(segment);
  return { kind: kinds.join('/'), ids };
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

function referencesIn(object: WireObject, member: string, prefix: string): FollowedReferences | undefined {
  const value = object[member];
  if (isReference(value))
    return {
      kind: 'references',
      places: [placeOf(value.href, prefix)],
      withFull: (now, [full]) => (full ? { ...now, [member]: full } : now),
    };
  const [item, list] = (isObject(value) ? listIn(value) : undefined) ?? [];
  if (item === undefined || list === undefined) return undefined;
  const found = list.flatMap((one, index) => (isReference(one) ? [{ index, href: one.href }] : []));
  return {
    kind: 'references',
    places: found.map(({ href }) => placeOf(href, prefix)),
    withFull: (now, full) => {
      const at = new Map(found.map(({ index }, order) => [index, full[order]]));
      return { ...now, [member]: { [item]: list.map((one, index) => at.get(index) ?? one) } };
    },
  };
}

/** The links of an object but one, if it has that one. */
function linksWithout(links: Wire, name: string): Wire | undefined {
  if (links instanceof SubLinks) return links.rels.includes(name) ? links.without(name) : undefined;
  if (!Array.isArray(links)) return undefined;
  const others = links.filter((link) => !(isObject(link) && link['rel'] === name));
  return others.length < links.length ? others : undefined;
}

function collectionIn({ href, link }: WireObject, name: string, prefix: string): FollowedCollection | undefined {
  if (typeof href !== 'string' || linksWithout(link, name) === undefined) return undefined;
  return {
    kind: 'collection',
    place: placeOf(href, prefix),
    segment: name,
    withList: (now, { member, item }, found) => ({ ...now, link: linksWithout(now['link'], name), [member]: linkList(item, found) }),
  };
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

function linksIn(object: WireObject, name: string, prefix: string): FollowedLinks | undefined {
  const member = Object.keys(object).find((one) => followName(one) === name);
  return member === undefined ? collectionIn(object, name, prefix) : referencesIn(object, member, prefix);
}

/** What was found in shared objects: they stay as they are, and have the addresses of one prefix. Goes with the objects. */
const known = new WeakMap<WireObject, Map<string, FollowedLinks | undefined>>();

/**
 * Finds what a name of `follow` (lower case, without underscores) stands for: a member that refers, or a link.
 * @param prefix of the addresses in the object
 */
export function followedLinks(object: WireObject, name: string, prefix: string): FollowedLinks | undefined {
  if (!isShared(object)) return linksIn(object, name, prefix);
  const before = known.get(object) ?? new Map<string, FollowedLinks | undefined>();
  if (before.has(name)) return before.get(name);
  const links = linksIn(object, name, prefix);
  known.set(object, before.set(name, links));
  return links;
}
