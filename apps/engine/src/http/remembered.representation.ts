import { type Links, type WireObject, share } from '@clinker/ovirt-api';
import { isRemembered } from '../database/remembered.rows';

type Represent<Row> = (row: Row, links: Links) => WireObject;

/**
 * Represents a remembered row once for each prefix of addresses, so that answers with rows that have not changed are little more than
 * copied; it is shared when it is asked for again, which most that change all the time are not. For representations of nothing but the row.
 */
export function remembering<Row extends object>(represent: Represent<Row>): Represent<Row> {
  const known = new Map<string, WeakMap<Row, WireObject>>();
  return (row, links) => {
    if (!isRemembered(row)) return represent(row, links);
    const below = known.get(links.prefix) ?? new WeakMap<Row, WireObject>();
    known.set(links.prefix, below);
    const before = below.get(row);
    if (before) return share(before);
    const made = represent(row, links);
    below.set(row, made);
    return made;
  };
}
