import { SubLinks } from './sub.links';
import type { Wire, WireObject } from './wire.document';

/** What is remembered with a shared object. */
interface Kept {
  /** How it was written last. */
  element?: string;
  bytes?: Buffer;
}

/** Where a shared object has it: much faster to look at than a WeakMap, and no member of the object, as copies must not have it. */
const KEPT = Symbol('kept');

const keptOf = (object: WireObject): Kept | undefined => (object as { readonly [KEPT]?: Kept })[KEPT];

export const isShared = (object: WireObject): boolean => keptOf(object) !== undefined;

function freeze(value: Wire): void {
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof SubLinks) return;
  if (Object.isFrozen(value)) return;
  Object.values(value).forEach(freeze);
  Object.freeze(value);
}

/** Lets an object be in many answers, for each of which it is written only once. Nobody can change it any more, nor what is in it. */
export function share<T extends WireObject>(object: T): T {
  if (Object.isFrozen(object)) return object;
  Object.values(object).forEach(freeze);
  const kept: Kept = {};
  return Object.freeze(Object.defineProperty(object, KEPT, { value: kept }));
}

/** The bytes of a shared object as this element, made by `write` the first time; undefined for an object that is not shared. */
export function sharedBytes(object: WireObject, element: string, write: () => Buffer): Buffer | undefined {
  const kept = keptOf(object);
  if (!kept) return undefined;
  if (kept.element !== element || !kept.bytes) Object.assign(kept, { element, bytes: write() });
  return kept.bytes;
}
