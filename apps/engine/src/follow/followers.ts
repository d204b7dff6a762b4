import { type WireObject, itemOf } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import type { ApiRequest } from '../http/api-request';

/** Full objects by their ids, in one query; those that are gone are left out. The wire objects have an `id`. */
export type LoadObjects = (ids: readonly string[], api: ApiRequest) => Promise<readonly WireObject[]>;

/** The members of a sub-collection by the id of the object that it belongs to, in one query for all of them. */
export type LoadLists = (parentIds: readonly string[], api: ApiRequest) => Promise<ReadonlyMap<string, readonly WireObject[]>>;

/** A sub-collection that can be inlined. */
export interface FollowedList {
  /** The member that takes the place of the link, e.g. `disk_attachments`. */
  readonly member: string;
  /** The element of each of its objects, e.g. `disk_attachment`. */
  readonly item: string;
  readonly load: LoadLists;
}

/** Groups what was found by the object that it belongs to, for {@link LoadLists}. */
export function listsOf<T>(
  found: readonly T[],
  parent: (one: T) => string,
  represent: (one: T) => WireObject,
): ReadonlyMap<string, readonly WireObject[]> {
  const lists = new Map<string, WireObject[]>();
  for (const one of found) {
    const list = lists.get(parent(one)) ?? [];
    list.push(represent(one));
    lists.set(parent(one), list);
  }
  return lists;
}

/**
 * What the parameter `follow` can inline. Each noun makes its own known, in one line of a constructor. Paths are those of the API
 * without prefix and ids: `disks`, `vms/diskattachments`.
 */
@Injectable()
export class Followers {
  private readonly objectLoaders = new Map<string, LoadObjects>();
  private readonly lists = new Map<string, FollowedList>();

  /** References to objects of a top-level collection. */
  objects(path: string, load: LoadObjects): void {
    this.objectLoaders.set(path, load);
  }

  /** A sub-collection, and references to its objects. */
  list(path: string, member: string, load: LoadLists, item = itemOf(member)): void {
    this.lists.set(path, { member, item, load });
  }

  /**
   * Sub-collections of which there is nothing.
   * @param elements the element of each, by its path segment
   * @param members what takes the place of a link where it is called otherwise than the element; empty where oVirt's objects have no such member
   */
  empty(path: string, elements: Readonly<Record<string, string>>, members: Readonly<Record<string, string>> = {}): void {
    for (const [segment, element] of Object.entries(elements)) {
      const member = members[segment] ?? element;
      if (member !== '') this.list(`${path}/${segment}`, member, () => Promise.resolve(new Map()), itemOf(element));
    }
  }

  objectsAt(path: string): LoadObjects | undefined {
    return this.objectLoaders.get(path);
  }

  listAt(path: string): FollowedList | undefined {
    return this.lists.get(path);
  }
}
