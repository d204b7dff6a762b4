import { type FollowTree, type WireObject, parameter, parseFollow } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { InvalidInputError } from '../errors/domain.errors';
import type { ApiRequest } from '../http/api-request';
import { type FollowedCollection, type FollowedLinks, type FollowedReferences, type Place, followedLinks } from './followed.links';
import { typeAt } from '../permissions/object.tree';
import { VisibleObjects } from '../permissions/visible-objects.service';
import { type FollowedList, Followers } from './followers';
import { type Inlined, withInlined } from './inlined.memory';

/** How many objects may be put into one answer: one that is in many places counts in each, as it is written so often. */
export const MAX_FOLLOWED_OBJECTS = 50_000;

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

/** The objects of an answer: the one that it is, or those of the list that it is. */
function objectsOf(body: WireObject): WireObject[] {
  if (typeof body['href'] === 'string') return [body];
  return Object.values(body).flatMap((value) => (Array.isArray(value) ? (value as WireObject[]) : []));
}

/** An answer with others in the place of its {@link objectsOf}. */
function replaced(body: WireObject, other: (object: WireObject) => WireObject): WireObject {
  if (typeof body['href'] === 'string') return other(body);
  const answer: WireObject = {};
  for (const [name, value] of Object.entries(body)) answer[name] = Array.isArray(value) ? (value as WireObject[]).map(other) : value;
  return answer;
}

/** Objects, and in how many places of the answer each is. */
type Places = ReadonlyMap<WireObject, number>;

/** An object, in how many places it is, and what was found for one name in it. */
interface Wanted<L extends FollowedLinks = FollowedLinks> {
  readonly object: WireObject;
  readonly count: number;
  readonly links: L;
}

/** What is to be put into an object, and how. */
interface Target {
  readonly object: WireObject;
  readonly count: number;
  readonly inlined: Inlined;
  put(object: WireObject, inlined: Inlined): WireObject;
}

const isOf = <K extends FollowedLinks['kind']>(kind: K) => {
  type One = Wanted<Extract<FollowedLinks, { kind: K }>>;
  return (one: Wanted): one is One => one.links.kind === kind;
};

/** Puts full objects into one answer. Nothing that is in an answer is changed: it may be in others too. */
class Inlining {
  private total = 0;

  constructor(
    private readonly followers: Followers,
    private readonly visible: VisibleObjects,
    private readonly api: ApiRequest,
  ) {}

  /** @returns what each of these objects is with what was asked for in it */
  async follow(objects: Places, tree: FollowTree): Promise<ReadonlyMap<WireObject, WireObject>> {
    const done = new Map([...objects.keys()].map((one) => [one, one]));
    for (const [name, below] of tree) {
      const targets = await this.targets(objects, name);
      const found = this.places(targets);
      const within = below.size > 0 && found.size > 0 ? await this.follow(found, below) : undefined;
      for (const { object, inlined, put } of targets) {
        const full = within ? inlined.map((one) => one && within.get(one)) : inlined;
        const now = done.get(object) ?? object;
        done.set(
          object,
          withInlined(now, name, full, () => put(now, full)),
        );
      }
    }
    return done;
  }

  /** What one name stands for in all these objects. */
  private async targets(objects: Places, name: string): Promise<Target[]> {
    const wanted = [...objects].flatMap(([object, count]) => {
      const links = followedLinks(object, name, this.api.links.prefix);
      return links ? [{ object, count, links }] : [];
    });
    const references = await this.references(wanted.filter(isOf('references')));
    return [...references, ...(await this.collections(wanted.filter(isOf('collection'))))];
  }

  private async references(wanted: readonly Wanted<FollowedReferences>[]): Promise<Target[]> {
    const loaded = new Map<string, ReadonlyMap<string, WireObject>>();
    const all = wanted.flatMap(({ links }) => links.places);
    for (const [kind, places] of grouped(all, (place) => place.kind)) loaded.set(kind, byId(await this.objectsOf(kind, places)));
    return wanted.map(({ object, count, links }) => ({
      object,
      count,
      inlined: links.places.map(({ kind, ids }) => loaded.get(kind)?.get(ids.at(-1) ?? '')),
      put: links.withFull,
    }));
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

  private async collections(wanted: readonly Wanted<FollowedCollection>[]): Promise<Target[]> {
    const targets: Target[] = [];
    for (const [path, all] of grouped(wanted, ({ links }) => `${links.place.kind}/${links.segment}`)) {
      const list = this.followers.listAt(path);
      if (list) targets.push(...(await this.lists(list, all)));
    }
    return targets;
  }

  private async lists(list: FollowedList, all: readonly Wanted<FollowedCollection>[]): Promise<Target[]> {
    const parentOf = ({ links }: Wanted<FollowedCollection>): string => links.place.ids.at(-1) ?? '';
    const loaded = await list.load([...new Set(all.map(parentOf))], this.api);
    const seen = new Set(await this.visible.only(this.api.viewer, list.item, [...loaded.values()].flat()));
    return all.map((one) => ({
      object: one.object,
      count: one.count,
      inlined: (loaded.get(parentOf(one)) ?? []).filter((member) => seen.has(member)),
      put: (now, members) => one.links.withList(now, list, members as WireObject[]),
    }));
  }

  private places(targets: readonly Target[]): Places {
    const found = new Map<WireObject, number>();
    for (const { inlined, count } of targets) for (const one of inlined) if (one) this.add(found, one, count);
    return found;
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
    const objects = new Map(objectsOf(body).map((object) => [object, 1]));
    const followed = await new Inlining(this.followers, this.visible, api).follow(objects, tree);
    return replaced(body, (object) => followed.get(object) ?? object);
  }
}
