import type { ApiPrefix } from './request.target';
import { SubLinks } from './sub.links';
import type { WireObject } from './wire.document';

/** A reference to an object. */
export interface Reference extends WireObject {
  href: string;
  id: string;
}

/** The actions of an object, as the `actions` member wants them. */
export interface Actions extends WireObject {
  link: SubLinks;
}

/** What a path can have as it is; ids and names of collections have nothing else, and to see that is faster than to encode them. */
const PLAIN_PATH = /^[\w\-/]*$/;

/** The address of a collection with a slash at its end, by the collection: there are few, but for those beneath single objects. */
const bases = new Map<string, string>();
const MAX_BASES = 256;

const encoded = (path: string): string => (PLAIN_PATH.test(path) ? path : path.split('/').map(encodeURIComponent).join('/'));

/** Builds links below the prefix of the request. Their `rel` is always a path segment, without underscores. */
export class Links {
  constructor(readonly prefix: ApiPrefix) {}

  /** The path of a resource: `href('disks', id)`. */
  href(...segments: string[]): string {
    return [this.prefix, ...segments.map(encodeURIComponent)].join('/');
  }

  /** Identity of an object in a collection: `reference('clusters', id)`; the collection may be nested: `'vms/ID/nics'`. */
  reference(collection: string, id: string): Reference {
    const last = PLAIN_PATH.test(id) && !id.includes('/') ? id : encodeURIComponent(id);
    return { href: this.base(collection) + last, id };
  }

  private base(collection: string): string {
    if (collection.includes('/')) return `${this.prefix}/${encoded(collection)}/`;
    const key = this.prefix + collection;
    const known = bases.get(key);
    if (known !== undefined) return known;
    const base = `${this.prefix}/${encoded(collection)}/`;
    if (bases.size < MAX_BASES) bases.set(key, base);
    return base;
  }

  /** The `actions` of the object at `href`. */
  actions(href: string, names: readonly string[]): Actions {
    return { link: this.subCollections(href, names) };
  }

  /** Links from the object at `href` to its sub-collections. */
  subCollections(href: string, rels: readonly string[]): SubLinks {
    return new SubLinks(href, rels);
  }
}
