import { itemOf } from './element.names';
import type { WireObject } from './wire.document';

/** The body of a collection: `collection('disks', disks)` for `toXml('disks', ...)`. Also for lists inside objects. */
export function collection(element: string, items: readonly WireObject[]): WireObject {
  return { [itemOf(element)]: [...items] };
}
