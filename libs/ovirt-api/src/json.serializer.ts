import { orderedNames } from './member.order';
import { numberText } from './number.text';
import { SubLinks } from './sub.links';
import type { Wire, WireObject } from './wire.document';

type Json = string | number | Json[] | { [name: string]: Json };

/** The one number that the engine's JSON does not write as a string: the datum of a statistic, a decimal. */
const NUMERIC_MEMBER = 'datum';

function scalar(name: string, value: string | number | boolean | Date): Json {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new RangeError('an invalid date has no form in the API');
    return value.getTime();
  }
  if (typeof value !== 'number') return String(value);
  return name === NUMERIC_MEMBER && Number.isFinite(value) ? value : numberText(value);
}

function convert(name: string, value: Exclude<Wire, null | undefined>): Json {
  if (Array.isArray(value)) return value.flatMap((item) => (item === null || item === undefined ? [] : [convert(name, item)]));
  if (typeof value !== 'object' || value instanceof Date) return scalar(name, value);
  if (value instanceof SubLinks) return [...value].map((link) => convertObject(name, link));
  return convertObject(name, value);
}

function convertObject(name: string, body: WireObject): Json {
  const out: { [name: string]: Json } = {};
  for (const member of orderedNames(name, body)) {
    const value = body[member];
    if (value !== null && value !== undefined) out[member] = convert(member, value);
  }
  return out;
}

/**
 * An API object as the engine's JSON: the root is not named, numbers and booleans are strings, dates are milliseconds since 1970
 * as numbers, lists are `{"disk":[...]}`.
 *
 * @param element the root's name, such as `disk`, `disks`, `action`, `fault` or `api`
 */
export function toJson(element: string, body: WireObject): string {
  return JSON.stringify(convertObject(element, body));
}
