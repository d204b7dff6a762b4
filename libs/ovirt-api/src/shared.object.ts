import { SubLinks } from './sub.links';
import type { Wire, WireObject } from './wire.document';

/** How a shared object was written as an element. */
interface Written {
  readonly element: string;
  readonly bytes: Buffer;
}

/** Objects that are shared; nothing is known of those that were never written. */
const shared = new WeakMap<WireObject, Written | undefined>();

export const isShared = (object: WireObject): boolean => shared.has(object);

function freeze(value: Wire): void {
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof SubLinks) return;
  if (!Array.isArray(value) && isShared(value)) return;
  Object.values(value).forEach(freeze);
  Object.freeze(value);
}

/** Lets an object be in many answers, for each of which it is written only once. Nobody can change it any more, nor what is in it. */
export function share<T extends WireObject>(object: T): T {
  if (isShared(object)) return object;
  freeze(object);
  shared.set(object, undefined);
  return object;
}

/** The bytes of a shared object as this element, made by `write` the first time; undefined for an object that is not shared. */
export function sharedBytes(object: WireObject, element: string, write: () => Buffer): Buffer | undefined {
  if (!Object.isFrozen(object)) return undefined;
  const written = shared.get(object);
  if (written?.element === element) return written.bytes;
  if (!shared.has(object)) return undefined;
  const bytes = write();
  shared.set(object, { element, bytes });
  return bytes;
}
