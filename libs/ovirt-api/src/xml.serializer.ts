import { orderedNames } from './member.order';
import { numberText } from './number.text';
import { ovirtDate } from './ovirt.date';
import type { Wire, WireObject } from './wire.document';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const NAME = /^[A-Za-z_][\w.-]*$/;
const ATTRIBUTES = ['href', 'id'];
const LINK_ATTRIBUTES = ['href', 'id', 'rel'];

const TEXT_SPECIALS = /[&<>\0-\x08\x0b-\x1f\ufffe\uffff]|\p{Cs}/gu;
const ATTRIBUTE_SPECIALS = /[&<>"\0-\x1f\ufffe\uffff]|\p{Cs}/gu;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ['\t', '&#9;'],
  ['\n', '&#10;'],
  ['\r', '&#13;'],
]);
const REPLACEMENT = '\ufffd';

/** What needs no escaping anywhere: most texts have nothing else, and to see that is much faster than to replace. */
const PLAIN = /^[\x20\x21\x23-\x25\x27-\x3b\x3d\x3f-\ud7ff\ue000-\ufffd]*$/;

/** Escapes markup; what XML cannot carry becomes U+FFFD. */
function escape(text: string, specials: RegExp): string {
  return PLAIN.test(text) ? text : text.replace(specials, (character) => ESCAPES.get(character) ?? REPLACEMENT);
}

function scalarText(value: string | number | boolean | Date, specials: RegExp): string {
  if (typeof value === 'string') return escape(value, specials);
  if (typeof value === 'number') return numberText(value);
  return value instanceof Date ? ovirtDate(value) : String(value);
}

function isScalar(value: Wire): value is string | number | boolean | Date {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value instanceof Date;
}

/** Names that were found sound; there are few, as they are those of the API. */
const soundNames = new Set<string>();
const MAX_SOUND_NAMES = 4096;

function checkName(name: string): void {
  if (soundNames.has(name)) return;
  if (!NAME.test(name)) throw new RangeError(`'${name}' cannot name an element`);
  if (soundNames.size < MAX_SOUND_NAMES) soundNames.add(name);
}

/** The attributes of an element, each with a space before it. */
function attributesOf(body: WireObject, names: readonly string[]): string {
  let text = '';
  for (const name of names) {
    const value = body[name];
    if (isScalar(value)) text += ` ${name}="${scalarText(value, ATTRIBUTE_SPECIALS)}"`;
  }
  return text;
}

function objectText(name: string, body: WireObject): string {
  const names = name === 'link' ? LINK_ATTRIBUTES : ATTRIBUTES;
  let content = '';
  for (const member of orderedNames(name, body)) {
    const value = body[member];
    if (!(names.includes(member) && isScalar(value))) content += text(member, value);
  }
  const start = `<${name}${attributesOf(body, names)}`;
  return content === '' ? `${start}/>` : `${start}>${content}</${name}>`;
}

/** A member as XML; an empty list leaves nothing behind. */
function text(name: string, value: Wire): string {
  if (value === null || value === undefined) return '';
  checkName(name);
  if (isScalar(value)) return `<${name}>${scalarText(value, TEXT_SPECIALS)}</${name}>`;
  if (!Array.isArray(value)) return objectText(name, value);
  let items = '';
  for (const item of value) items += text(name, item);
  return items;
}

/**
 * An API object as oVirt's XML, without insignificant white space. Our own serialiser: a tree builder is 20 times slower, which
 * shows in lists of thousands.
 *
 * @param element the root's name, such as `disk`, `disks`, `action`, `fault` or `api`
 * @throws RangeError for a member that cannot name an element and for numbers and dates without a value: faults of the caller
 */
export function toXml(element: string, body: WireObject): string {
  return DECLARATION + text(element, body);
}
