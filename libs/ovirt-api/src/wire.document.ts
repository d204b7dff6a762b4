import type { SubLinks } from './sub.links';

/** A value of the API before it is written as XML or JSON. `null` and `undefined` members are left out. */
export type Wire = string | number | boolean | Date | null | undefined | SubLinks | Wire[] | { [name: string]: Wire };

/**
 * An object of the API, with oVirt's snake_case names. `id` and `href` are attributes in XML. Lists are arrays under the name of
 * their item: `{ disk: [...] }` is the body of `<disks>`, `{ storage_domains: { storage_domain: [...] } }` is a list inside an object.
 */
export interface WireObject {
  [name: string]: Wire;
}

/**
 * What a client sent, the same for XML and JSON: every leaf is a string, an element without content is `''`, repeated elements are
 * an array. `element` is the root's name, or undefined for JSON, which does not name it.
 */
export interface ParsedDocument {
  element: string | undefined;
  body: WireObject;
}

/** Longest document that is read, in UTF-16 units. The largest real bodies (icons, cloud-init scripts) stay far below. */
export const MAX_DOCUMENT_LENGTH = 1_048_576;

/** Deepest nesting of elements or objects that is read. */
export const MAX_DEPTH = 64;

/** Most attributes that one element may have. */
export const MAX_ATTRIBUTES = 256;

/** What the client sent cannot be read at all. `message` is for the client; the answer is 400. */
export class MalformedDocument extends Error {
  override readonly name = 'MalformedDocument';

  constructor(detail: string, options?: ErrorOptions) {
    super(detail, options);
  }

  get detail(): string {
    return this.message;
  }
}

/** An object without inherited members, so that a name like `toString` is a member like any other. */
export function emptyObject(): WireObject {
  return Object.create(null) as WireObject;
}

const INHERITED_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Refuses member names that JavaScript objects inherit, so that no later copy of the body can be tricked by them. */
export function checkMemberName(name: string): void {
  if (INHERITED_NAMES.has(name)) throw new MalformedDocument(`The name '${name}' is not allowed.`);
}

/** Refuses a document that is longer than any honest one. */
export function checkLength(text: string): void {
  if (text.length > MAX_DOCUMENT_LENGTH) throw new MalformedDocument(`The document is longer than ${MAX_DOCUMENT_LENGTH} characters.`);
}

// XML 1.0 cannot carry these, and PostgreSQL refuses NUL; \p{Cs} finds surrogates without their partner.
const FORBIDDEN_CHARACTER = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Cs}]/u;

/** Refuses control characters and broken surrogates, which XML cannot carry and the database cannot store. */
export function checkCharacters(text: string): void {
  if (FORBIDDEN_CHARACTER.test(text)) throw new MalformedDocument('The text has a character that XML does not allow.');
}
