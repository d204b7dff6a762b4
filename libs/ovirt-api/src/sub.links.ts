import type { WireObject } from './wire.document';

/** A link to another resource. `href` is an absolute path without host. */
export interface Link extends WireObject {
  href: string;
  rel: string;
}

/**
 * The links of one object to what is beneath it. They are a third of most answers and differ from object to object only in the address
 * before them: so they are kept together, and become single links only where somebody looks at them.
 */
export class SubLinks implements Iterable<Link> {
  /** @param href of the object @param rels path segments; objects of one kind should share the list */
  constructor(
    readonly href: string,
    readonly rels: readonly string[],
  ) {}

  *[Symbol.iterator](): Iterator<Link> {
    for (const rel of this.rels) yield { href: `${this.href}/${rel}`, rel };
  }

  /** The same links but one. */
  without(rel: string): SubLinks {
    return new SubLinks(
      this.href,
      this.rels.filter((one) => one !== rel),
    );
  }
}
