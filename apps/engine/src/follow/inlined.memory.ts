import { type WireObject, isShared, share } from '@clinker/ovirt-api';

/** What is put into an object; undefined for a reference that stays one. */
export type Inlined = readonly (WireObject | undefined)[];

interface Known {
  readonly inlined: Inlined;
  readonly result: WireObject;
}

/** What shared objects became the last time that a name was followed in them. Goes with the objects. */
const known = new WeakMap<WireObject, Map<string, Known>>();

const same = (one: Inlined, other: Inlined): boolean =>
  one.length === other.length && one.every((object, index) => object === other[index]);

/**
 * An object with what a name of `follow` stands for in it. If it is shared, and so is what is put in, then so is the result from the second
 * time on: an answer with many objects in which nothing has changed is put together of a few.
 * @param make makes it
 */
export function withInlined(object: WireObject, name: string, inlined: Inlined, make: () => WireObject): WireObject {
  if (!isShared(object)) return make();
  const results = known.get(object) ?? new Map<string, Known>();
  const before = results.get(name);
  if (before && same(before.inlined, inlined)) return share(before.result);
  const result = make();
  if (inlined.every((one) => one === undefined || isShared(one))) known.set(object, results.set(name, { inlined, result }));
  return result;
}
