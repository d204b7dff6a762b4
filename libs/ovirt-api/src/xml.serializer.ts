import { ByteSink, type Bytes } from './byte.sink';
import { orderedNames } from './member.order';
import { numberText } from './number.text';
import { ovirtDate } from './ovirt.date';
import { sharedBytes } from './shared.object';
import { SubLinks } from './sub.links';
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

/** How an element is written. */
interface Tag {
  /** Up to the attributes: `<disk`. */
  readonly start: string;
  /** Without attributes: `<disk>`. */
  readonly open: string;
  readonly close: string;
}

/** The tags of names that were found sound; there are few, as they are those of the API. */
const tags = new Map<string, Tag>();
const MAX_TAGS = 4096;

function tagOf(name: string): Tag {
  const known = tags.get(name);
  if (known) return known;
  if (!NAME.test(name)) throw new RangeError(`'${name}' cannot name an element`);
  const tag = { start: `<${name}`, open: `<${name}>`, close: `</${name}>` };
  if (tags.size < MAX_TAGS) tags.set(name, tag);
  return tag;
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

/** Takes what is written, piece by piece. */
interface Output {
  add(text: string): void;
  addBytes(bytes: Buffer): void;
}

/** One element as text, which becomes bytes at its end. */
class ElementText implements Output {
  private text = '';

  add(text: string): void {
    this.text += text;
  }

  addBytes(bytes: Buffer): void {
    this.text += bytes.toString();
  }

  end(): Buffer {
    return Buffer.from(this.text);
  }
}

function bytesOf(name: string, body: WireObject): Buffer {
  const element = new ElementText();
  writeMembers(element, name, body);
  return element.end();
}

function writeObject(out: Output, name: string, body: WireObject): void {
  const bytes = sharedBytes(body, name, () => bytesOf(name, body));
  if (bytes) out.addBytes(bytes);
  else writeMembers(out, name, body);
}

function writeMembers(out: Output, name: string, body: WireObject): void {
  const { start, close } = tagOf(name);
  const attributes = name === 'link' ? LINK_ATTRIBUTES : ATTRIBUTES;
  out.add(start + attributesOf(body, attributes));
  let isEmpty = true;
  for (const member of orderedNames(name, body)) {
    const value = body[member];
    if (leavesNothing(value) || (attributes.includes(member) && isScalar(value))) continue;
    if (isEmpty) out.add('>');
    isEmpty = false;
    write(out, member, value);
  }
  out.add(isEmpty ? '/>' : close);
}

/** Between the addresses of links with these rels, by the list of rels: all objects of a kind share it. */
const linkPieces = new WeakMap<readonly string[], readonly string[]>();

function linkPiecesOf(rels: readonly string[]): readonly string[] {
  const known = linkPieces.get(rels);
  if (known) return known;
  const ends = rels.map((rel) => `/${escape(rel, ATTRIBUTE_SPECIALS)}" rel="${escape(rel, ATTRIBUTE_SPECIALS)}"/>`);
  const pieces = ['', ...ends].map((end, index) => (index < ends.length ? `${end}<link href="` : end));
  linkPieces.set(rels, pieces);
  return pieces;
}

const linksText = ({ href, rels }: SubLinks): string => linkPiecesOf(rels).join(escape(href, ATTRIBUTE_SPECIALS));

/** What is not there, and lists of nothing. */
function leavesNothing(value: Wire): value is null | undefined {
  if (value === null || value === undefined) return true;
  if (value instanceof SubLinks) return value.rels.length === 0;
  return Array.isArray(value) && value.every(leavesNothing);
}

/** Writes a member: an element, or one for each item of a list. */
function write(out: Output, name: string, value: Wire): void {
  if (value === null || value === undefined) return;
  if (isScalar(value)) out.add(tagOf(name).open + scalarText(value, TEXT_SPECIALS) + tagOf(name).close);
  else if (value instanceof SubLinks) out.add(linksText(value));
  else if (!Array.isArray(value)) writeObject(out, name, value);
  else for (const item of value) write(out, name, item);
}

/**
 * An API object as oVirt's XML in UTF-8, without insignificant white space. Our own serialiser: a tree builder is 20 times slower, which
 * shows in lists of thousands.
 *
 * @param element the root's name, such as `disk`, `disks`, `action`, `fault` or `api`
 * @throws RangeError for a member that cannot name an element and for numbers and dates without a value: faults of the caller
 */
export function toXmlBytes(element: string, body: WireObject): Bytes {
  const sink = new ByteSink();
  sink.add(DECLARATION);
  writeObject(sink, element, body);
  return sink.end();
}

/** {@link toXmlBytes} as text. */
export function toXml(element: string, body: WireObject): string {
  const { pieces, release } = toXmlBytes(element, body);
  const document = pieces.map(String).join('');
  release();
  return document;
}
