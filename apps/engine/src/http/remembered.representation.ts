import { type Links, type WireObject, collection, isShared, share } from '@clinker/ovirt-api';
import { isRemembered } from '../database/remembered.rows';

type Represent<Row> = (row: Row, links: Links) => WireObject;

/** What was made of something, for each prefix of addresses. */
class Made<Of extends object> {
  private readonly known = new Map<string, WeakMap<Of, WireObject>>();

  /** The same as before. It is shared when it is asked for again, most that change all the time are not; made anew, as its parts are shared then. */
  get(of: Of, links: Links, make: () => WireObject): WireObject {
    const below = this.known.get(links.prefix) ?? new WeakMap<Of, WireObject>();
    this.known.set(links.prefix, below);
    const before = below.get(of);
    if (before && isShared(before)) return before;
    const made = before ? share(make()) : make();
    below.set(of, made);
    return made;
  }
}

/**
 * Represents a remembered row once for each prefix of addresses, so that answers with rows that have not changed are little more than
 * copied. For representations of nothing but the row.
 */
export function remembering<Row extends object>(represent: Represent<Row>): Represent<Row> {
  const made = new Made<Row>();
  return (row, links) => (isRemembered(row) ? made.get(row, links, () => represent(row, links)) : represent(row, links));
}

/** The same for a list that is remembered as a whole. @param element the collection's, e.g. `disks` */
export function rememberingList<Row extends object>(element: string, represent: Represent<Row>): Represent<readonly Row[]> {
  return remembering((rows, links) =>
    collection(
      element,
      rows.map((row) => represent(row, links)),
    ),
  );
}
