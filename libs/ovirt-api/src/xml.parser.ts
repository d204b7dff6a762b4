import { SaxesParser } from 'saxes';
import { MAX_ATTRIBUTES, MAX_DEPTH, MalformedDocument, checkLength, checkMemberName, emptyObject } from './wire.document';
import type { ParsedDocument, Wire, WireObject } from './wire.document';

/** An element that is not closed yet; `members` appears with the first attribute or child. */
interface OpenElement {
  name: string;
  members: WireObject | undefined;
  text: string;
}

function addMember(element: OpenElement, name: string, value: Wire): void {
  const members = (element.members ??= emptyObject());
  const before = members[name];
  if (before === undefined) members[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else members[name] = [before, value];
}

function valueOf(element: OpenElement): string | WireObject {
  if (!element.members) return element.text;
  if (element.text.trim() !== '') throw new MalformedDocument(`Element '${element.name}' has text beside its members.`);
  return element.members;
}

/** Attributes of XML itself (`xmlns`, `xml:lang`, `xsi:type`) are no members of an API object. */
function isMemberAttribute(name: string): boolean {
  return name !== 'xmlns' && !name.includes(':');
}

class DocumentBuilder {
  private readonly open: OpenElement[] = [];
  private attributes = 0;
  private root: ParsedDocument | undefined;

  begin(name: string): void {
    checkMemberName(name);
    if (this.open.length >= MAX_DEPTH) throw new MalformedDocument(`The document is nested deeper than ${MAX_DEPTH} elements.`);
    this.open.push({ name, members: undefined, text: '' });
    this.attributes = 0;
  }

  attribute(name: string, value: string): void {
    this.attributes += 1;
    if (this.attributes > MAX_ATTRIBUTES) throw new MalformedDocument(`An element has more than ${MAX_ATTRIBUTES} attributes.`);
    checkMemberName(name);
    const element = this.open.at(-1);
    if (element && isMemberAttribute(name)) addMember(element, name, value);
  }

  text(text: string): void {
    const element = this.open.at(-1);
    if (element) element.text += text;
  }

  end(): void {
    const element = this.open.pop();
    if (!element) return;
    const value = valueOf(element);
    const parent = this.open.at(-1);
    if (parent) addMember(parent, element.name, value);
    else this.root = { element: element.name, body: rootBody(element.name, value) };
  }

  result(): ParsedDocument {
    if (!this.root) throw new MalformedDocument('The document has no root element.');
    return this.root;
  }
}

function rootBody(name: string, value: string | WireObject): WireObject {
  if (typeof value !== 'string') return value;
  if (value.trim() !== '') throw new MalformedDocument(`Element '${name}' has text where members are expected.`);
  return emptyObject();
}

function strictParser(builder: DocumentBuilder): SaxesParser {
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw new MalformedDocument(`The document is not well-formed XML: ${error.message}`, { cause: error });
  });
  parser.on('doctype', () => {
    throw new MalformedDocument('A document type declaration is not allowed.');
  });
  parser.on('opentagstart', (tag) => builder.begin(tag.name));
  parser.on('attribute', ({ name, value }) => builder.attribute(name, value));
  parser.on('text', (text) => builder.text(text));
  parser.on('cdata', (text) => builder.text(text));
  parser.on('closetag', () => builder.end());
  return parser;
}

/**
 * Reads an XML body from a client: strictly, without document types and entities, with bounded size, depth and attributes.
 *
 * @throws MalformedDocument with a text for the client
 */
export function fromXml(text: string): ParsedDocument {
  checkLength(text);
  const builder = new DocumentBuilder();
  strictParser(builder).write(text).close();
  return builder.result();
}
