import { SaxesParser } from 'saxes';

/** An element of an answer, whether it came as XML or as JSON. */
export interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Node[];
  text: string;
}

/** The root of an XML answer. */
export function nodeOfXml(xml: string): Node {
  const root: Node = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    const node: Node = { name, attributes, children: [], text: '' };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  parser.on('text', (text) => {
    const node = open.at(-1);
    if (node) node.text += text;
  });
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  return root.children[0] ?? root;
}

const ATTRIBUTES = ['href', 'id', 'rel'];

/** A JSON answer, where attributes are members, times are milliseconds, and all other values but decimals are strings. @param name of the root */
export function nodeOfJson(name: string, value: unknown): Node {
  if (typeof value !== 'object' || value === null) {
    const isTime = typeof value === 'number' && name !== 'datum';
    return { name, attributes: {}, children: [], text: isTime ? new Date(value).toISOString() : String(value) };
  }
  const entries = Object.entries(value);
  const isAttribute = ([member, own]: [string, unknown]) => ATTRIBUTES.includes(member) && typeof own !== 'object';
  const attributes = Object.fromEntries(entries.filter(isAttribute)) as Record<string, string>;
  const rest = entries.filter((entry) => !isAttribute(entry));
  return { name, attributes, children: rest.flatMap(([member, own]) => [own].flat().map((one) => nodeOfJson(member, one))), text: '' };
}
