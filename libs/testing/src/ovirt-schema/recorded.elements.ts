import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Node, nodeOfXml } from './answer.node';

/** Names and what is below each. */
type Names = Map<string, Names>;

/** `a b(c d)` as names. */
function namesOf(text: string): Names {
  const root: Names = new Map();
  const open = [root];
  let last = root;
  for (const [token] of text.matchAll(/[()]|[^\s()]+/g)) {
    if (token === '(') open.push(last);
    else if (token === ')') open.pop();
    else {
      last = new Map<string, Names>();
      open.at(-1)?.set(token, last);
    }
  }
  return root;
}

const recorded = new Map(
  readFileSync(join(__dirname, 'recorded.txt'), 'utf8')
    .replaceAll('\n  ', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(': ') as [string, string])
    .map(([collection, names]) => [collection, namesOf(names)]),
);

/** The collections of which there are recorded answers, by their paths without ids. */
export const recordedCollections: readonly string[] = [...recorded.keys()];

/** Links go by their names. */
const relsOf = (nodes: readonly Node[]): ReadonlySet<string> =>
  new Set(nodes.filter(({ name }) => name === 'link').map(({ attributes }) => attributes['rel'] ?? ''));

function missingIn(node: Node, names: Names, path: string): string[] {
  return [...names].flatMap(([name, below]) => {
    if (name.startsWith('@')) return name.slice(1) in node.attributes ? [] : [`${path}${name}`];
    const child = node.children.find((one) => one.name === name);
    if (!child) return [`${path}${name}`];
    if (name !== 'link' && name !== 'actions') return missingIn(child, below, `${path}${name}/`);
    const rels = relsOf(name === 'link' ? node.children : child.children);
    return [...below.keys()].filter((rel) => !rels.has(rel)).map((rel) => `${path}${name}/${rel}`);
  });
}

/** What the objects of a collection's XML lack that those of real engines have. @param collection as in {@link recordedCollections} */
export function missingElements(collection: string, xml: string): string[] {
  const names = recorded.get(collection);
  if (!names) throw new Error(`There is no recorded answer of ${collection}`);
  return [...new Set(nodeOfXml(xml).children.flatMap((object) => missingIn(object, names, '')))];
}
