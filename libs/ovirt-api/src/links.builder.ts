import type { ApiPrefix } from './request.target';
import type { WireObject } from './wire.document';

/** A link to another resource. `href` is an absolute path without host. */
export interface Link extends WireObject {
  href: string;
  rel: string;
}

/** A reference to an object. */
export interface Reference extends WireObject {
  href: string;
  id: string;
}

/** The actions of an object, as the `actions` member wants them. */
export interface Actions extends WireObject {
  link: Link[];
}

/** Builds links below the prefix of the request. Their `rel` is always a path segment, without underscores. */
export class Links {
  constructor(readonly prefix: ApiPrefix) {}

  /** The path of a resource: `href('disks', id)`. */
  href(...segments: string[]): string {
    return [this.prefix, ...segments.map(encodeURIComponent)].join('/');
  }

  /** Identity of an object in a collection: `reference('clusters', id)`; the collection may be nested: `'vms/ID/nics'`. */
  reference(collection: string, id: string): Reference {
    return { href: this.href(...collection.split('/'), id), id };
  }

  /** The `actions` of the object at `href`. */
  actions(href: string, names: readonly string[]): Actions {
    return { link: this.subCollections(href, names) };
  }

  /** Links from the object at `href` to its sub-collections. */
  subCollections(href: string, rels: readonly string[]): Link[] {
    return rels.map((rel) => ({ href: `${href}/${rel}`, rel }));
  }
}
