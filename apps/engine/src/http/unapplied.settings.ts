import { type Wire, type WireObject, list, wireBoolean, wireEnum, wireInteger, wireObject, wireString } from '@clinker/ovirt-api';
import type { z } from 'zod';

/**
 * What clients set and what changes nothing here. It is kept and shown as they gave it: who declares something and reads it back
 * (Ansible, Terraform) would else see a difference for ever. In the form of the wire, by its members.
 */
export type UnappliedSettings = object;

export const flag = wireBoolean.optional();
export const enabled = wireObject({ enabled: flag }).optional();
export const text = wireString.max(4096).optional();
export const count = (max: number, min = 0) => wireInteger({ min, max }).optional();
export const oneOf = (type: string, ...values: string[]) => wireEnum(values, type).optional();
export const inheritable = oneOf('InheritableBoolean', 'true', 'false', 'inherit');
export const many = (item: string, schema: z.ZodType) =>
  list(item, schema)
    .transform((items) => ({ [item]: items }))
    .optional();

const isObject = (value: unknown): value is WireObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Objects are merged member by member; texts, numbers and lists replace what was there. What is not given stays. */
export function mergedWire(now: WireObject, asked: WireObject): WireObject {
  const merged: Record<string, Wire> = { ...now };
  for (const [name, value] of Object.entries(asked)) {
    if (value === undefined) continue;
    const before = merged[name];
    merged[name] = isObject(before) && isObject(value) ? mergedWire(before, value) : value;
  }
  return merged;
}

/** An object as it is shown, with the unapplied settings in it. Consoles are shown in a collection of their own. */
export function withUnapplied(shown: WireObject, settings: UnappliedSettings = {}): WireObject {
  return Object.keys(settings).length === 0 ? shown : mergedWire(shown, { ...settings, graphics_consoles: undefined });
}

/** The members of a request that have these names, without those that are not given. */
export const pickedMembers = (from: object | undefined, names: readonly string[]): WireObject =>
  Object.fromEntries(Object.entries(from ?? {}).filter(([name, value]) => names.includes(name) && value !== undefined));

/**
 * The unapplied settings that something has after a request.
 * @param names of members that change nothing at all
 * @param parts names of the members that change nothing, of members that otherwise have an effect
 */
export function unappliedAfter(
  now: UnappliedSettings = {},
  asked: object,
  names: readonly string[],
  parts: Readonly<Record<string, readonly string[]>> = {},
): UnappliedSettings {
  const given = asked as Readonly<Record<string, object | undefined>>;
  const picked = Object.entries(parts).map(([part, members]) => [part, pickedMembers(given[part], members)] as const);
  const some = picked.filter(([, members]) => Object.keys(members).length > 0);
  return mergedWire({ ...now }, { ...pickedMembers(asked, names), ...Object.fromEntries(some) });
}
