import { type FollowTree, type WireObject, parameter, parseFollow } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { InvalidInputError } from '../errors/domain.errors';
import type { ApiRequest } from '../http/api-request';
import { type FollowedCollection, type FollowedReference, followedLinks } from './followed.links';
import { typeAt } from '../permissions/object.tree';
import { VisibleObjects } from '../permissions/visible-objects.service';
import { Followers } from './followers';

/** How many objects may be put into one answer: one that is in many places counts in each, as it is written so often. */
export const MAX_FOLLOWED_OBJECTS = 50_000;

/** A path of the API taken apart: `vms/ID/nics/ID2` is of the kind `vms/nics`, with its ids in order. */
interface Place {
  readonly kind: string;
  readonly ids: readonly string[];
}

function placeOf(href: string, api: ApiRequest): Place {
  const path = href.slice(api.links.prefix.length + 1);
  const slash = path.lastIndexOf('/');
  if (slash === path.indexOf('/')) return { kind: path.slice(0, slash), ids: [path.slice(slash + 1)] };
  const kinds: string[] = [];
  const ids: string[] = [];
  for (const segment of path.split('/')) (kinds.length > ids.length ? ids : kinds).push(segment);
  return { kind: kinds.join('/'), ids };
}

function grouped<T>(all: readonly T[], kind: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(kind(one));
    if (group) group.push(one);
    else groups.set(kind(one), [one]);
  }
  return groups;
}

const byId = (objects: readonly WireObject[]): ReadonlyMap<string, WireObject> =>
  new Map(objects.map((one) => [typeof one['id'] === 'string' ? one['id'] : '', one]));

/** Representations may be shared with other answers: into copies others can be put. */
const copied = (object: WireObject): WireObject => ({ ...object });

/** The objects of an answer: the one that it is, or those of the list that it is. */
function objectsOf(body: WireObject): WireObject[] {
  if (typeof body['href'] === 'string') return [body];
  return Object.values(body).flatMap((value) => (Array.isArray(value) ? (value as WireObject[]) : []));
}

/** An answer whose {@link objectsOf} are copies. */
function withCopies(body: WireObject): WireObject {
  if (typeof body['href'] === 'string') return copied(body);
  const members = Object.entries(body).map(([name, value]) => [name, Array.isArray(value) ? (value as WireObject[]).map(copied) : value]);
  return Object.fromEntries(members) as WireObject;
}

/** Objects, and in how many places of the answer each is. */
type Places = ReadonlyMap<WireObject, number>;

/** A link or reference with what is needed to load its target. */
interface Located<T> {
  readonly link: T;
  readonly place: Place;
  readonly count: number;
}

/** What is done with an object before it is put in: only one into which others are put must be a copy. */
type Use = (object: WireObject) => WireObject;

const asItIs: Use = (object) => object;

/** What was put in at one level so far. */
interface Inlined {
  readonly found: Map<WireObject, number>;
  readonly use: Use;
}

/** Puts full objects into one answer. */
class Inlining {
  private total = 0;

  constructor(
    private readonly followers: Followers,
    private readonly visible: VisibleObjects,
    private readonly api: ApiRequest,
  ) {}

  async follow(objects: Places, tree: FollowTree): Promise<void> {
    for (const [name, below] of tree) {
      const found = await this.inline(objects, name, below.size > 0 ? copied : asItIs);
      if (below.size > 0 && found.size > 0) await this.follow(found, below);
    }
  }

  /** Inlines one link of all these objects. @returns what was put in */
  private async inline(objects: Places, name: string, use: Use): Promise<Places> {
    const links = [...objects].map(([object, count]) => ({ ...followedLinks(object, name), count }));
    const references = links.flatMap(({ references: all, count }) => all.map((one) => this.locate(one, count)));
    const collections = links.flatMap(({ collections: all, count }) => all.map((one) => this.locate(one, count)));
    const found = new Map<WireObject, number>();
    for (const [kind, all] of grouped(references, ({ place }) => place.kind)) await this.inlineReferences(kind, all, { found, use });
    for (const [path, all] of grouped(collections, ({ place, link }) => `${place.kind}/${link.segment}`))
      await this.inlineCollections(path, all, { found, use });
    return found;
  }

  private locate<T extends { href: string }>(link: T, count: number): Located<T> {
    return { link, place: placeOf(link.href, this.api), count };
  }

  private async inlineReferences(kind: string, all: Located<FollowedReference>[], { found, use }: Inlined): Promise<void> {
    const places = all.map(({ place }) => place);
    const loaded = byId((await this.objectsOf(kind, places)).map(use));
    for (const { link, place, count } of all) {
      const full = loaded.get(place.ids.at(-1) ?? '');
      if (!full) continue;
      this.add(found, full, count);
      link.replace(full);
    }
  }

  /** The full objects of a kind by their ids. Those of a sub-collection come with their parents' whole lists. */
  private async objectsOf(kind: string, places: readonly Place[]): Promise<readonly WireObject[]> {
    const idsAt = (position: number): string[] => [...new Set(places.map(({ ids }) => ids.at(position) ?? ''))];
    const load = this.followers.objectsAt(kind);
    if (load) return this.visible.only(this.api.viewer, typeAt(kind), await load(idsAt(-1), this.api));
    const list = this.followers.listAt(kind);
    if (!list) return [];
    const loaded = [...(await list.load(idsAt(-2), this.api)).values()].flat();
    return this.visible.only(this.api.viewer, list.item, loaded);
  }

  private async inlineCollections(path: string, all: Located<FollowedCollection>[], { found, use }: Inlined): Promise<void> {
    const list = this.followers.listAt(path);
    if (!list) return;
    const parents = [...new Set(all.map(({ place }) => place.ids.at(-1) ?? ''))];
    const loaded = await list.load(parents, this.api);
    const seen = new Set(await this.visible.only(this.api.viewer, list.item, [...loaded.values()].flat()));
    const lists = new Map([...loaded].map(([parent, members]) => [parent, members.filter((one) => seen.has(one)).map(use)]));
    for (const { link, place, count } of all) {
      const members = lists.get(place.ids.at(-1) ?? '') ?? [];
      for (const member of members) this.add(found, member, count);
      link.replace(list.member, list.item, members);
    }
  }

  private add(found: Map<WireObject, number>, object: WireObject, count: number): void {
    found.set(object, (found.get(object) ?? 0) + count);
    this.total += count;
    if (this.total <= MAX_FOLLOWED_OBJECTS) return;
    throw new InvalidInputError(`The answer would have more than ${MAX_FOLLOWED_OBJECTS} objects. Follow fewer links, or use max.`);
  }
}

/**
 * The parameter `follow`: puts full objects in the place of references and links, level by level, with one query for all objects of a
 * kind. Names that nothing in the answer has are ignored, as the members of one list differ: a VM that is down has no host.
 */
@Injectable()
export class FollowService {
  constructor(
    private readonly followers: Followers,
    private readonly visible: VisibleObjects,
  ) {}

  /** The answer with what the request wants inlined. @throws MalformedDocument for a bad `follow`, InvalidInputError if it would be too much */
  async apply(body: WireObject, api: ApiRequest): Promise<WireObject> {
    const tree = parseFollow(parameter(api.target, 'follow'));
    if (tree.size === 0) return body;
    const answer = withCopies(body);
    const objects = new Map(objectsOf(answer).map((object) => [object, 1]));
    await new Inlining(this.followers, this.visible, api).follow(objects, tree);
    return answer;
  }
}
