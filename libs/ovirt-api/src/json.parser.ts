import { MAX_DEPTH, MalformedDocument, checkCharacters, checkLength, checkMemberName, emptyObject } from './wire.document';
import type { ParsedDocument, Wire, WireObject } from './wire.document';

function numberLeaf(value: number): string {
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
    throw new MalformedDocument('A number is too large to be exact; send it as a string.');
  }
  return String(value);
}

function leaf(value: unknown): string {
  if (typeof value === 'number') return numberLeaf(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') throw new MalformedDocument('A list is not expected inside a list.');
  checkCharacters(value);
  return value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function item(value: unknown, depth: number): Wire {
  return isObject(value) ? members(value, depth) : leaf(value);
}

function member(value: unknown, depth: number): Wire {
  if (!Array.isArray(value)) return item(value, depth);
  return value.filter((one) => one !== null).map((one) => item(one, depth));
}

function members(value: object, depth: number): WireObject {
  if (depth > MAX_DEPTH) throw new MalformedDocument(`The document is nested deeper than ${MAX_DEPTH} objects.`);
  const out = emptyObject();
  for (const [name, content] of Object.entries(value)) {
    checkMemberName(name);
    if (content !== null) out[name] = member(content, depth + 1);
  }
  return out;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MalformedDocument('The document is not well-formed JSON.', { cause });
  }
}

/**
 * Reads a JSON body from a client. Numbers and booleans may be typed or strings; in the result they are strings, `null` members
 * are left out, so that one schema serves XML and JSON.
 *
 * @throws MalformedDocument with a text for the client
 */
export function fromJson(text: string): ParsedDocument {
  checkLength(text);
  const root = parse(text);
  if (!isObject(root)) throw new MalformedDocument('The document must be a JSON object.');
  return { element: undefined, body: members(root, 1) };
}
