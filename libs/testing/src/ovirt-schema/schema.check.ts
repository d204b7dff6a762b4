import { type Node, nodeOfJson, nodeOfXml } from './answer.node';
import { type Exchange, rootOfJson } from './json.roots';
import { OvirtSchema, type Structure } from './schema';

const schema = new OvirtSchema();

function faultsOfMembers({ children }: Node, { members }: Structure, path: string): string[] {
  const order = [...members.keys()];
  let last = -1;
  return children.flatMap((child) => {
    const member = members.get(child.name);
    const at = order.indexOf(child.name);
    const before = last;
    last = Math.max(last, at);
    if (!member) return [`${path}: there is no ${child.name}`];
    if (at < before) return [`${path}: ${child.name} must come before ${order[before] ?? ''}`];
    if (at === before && !member.repeated) return [`${path}: ${child.name} comes twice`];
    return faultsOf(child, member.type, `${path}/${child.name}`);
  });
}

function faultsOf(node: Node, typeName: string, path: string): string[] {
  const type = schema.type(typeName);
  if (type.kind === 'leaf') {
    const nested = node.children.length > 0 || !type.pattern.test(node.text);
    return nested ? [`${path}: '${node.text.slice(0, 40)}' is no ${typeName}`] : [];
  }
  const strangers = Object.keys(node.attributes).filter((name) => !type.attributes.has(name));
  const text = node.text.trim() === '' ? [] : [`${path}: holds text`];
  return [...strangers.map((name) => `${path}: there is no attribute ${name}`), ...text, ...faultsOfMembers(node, type, path)];
}

function faultsOfRoot(node: Node): string[] {
  const type = schema.roots.get(node.name);
  return type === undefined ? [`there is no root ${node.name}`] : faultsOf(node, type, node.name);
}

/** What of an XML answer oVirt's schema does not allow: wrong names, order, values. Empty if it is valid. */
export const schemaFaultsOfXml = (xml: string): string[] => faultsOfRoot(nodeOfXml(xml));

/** The same of a JSON answer. @param root its element, which JSON does not name */
export const schemaFaultsOfJson = (root: string, json: string): string[] => faultsOfRoot(nodeOfJson(root, JSON.parse(json)));

/** What oVirt's schema does not allow in the answer to a request to the API, XML or JSON. An answer without a body has no faults. */
export function schemaFaultsOfAnswer(exchange: Exchange, contentType: string, text: string): string[] {
  if (text.trim() === '') return [];
  if (/^(application|text)\/xml\b/.test(contentType)) return schemaFaultsOfXml(text);
  if (!contentType.startsWith('application/json')) return [];
  const root = rootOfJson(schema, exchange, JSON.parse(text) as object);
  return root === undefined ? [] : schemaFaultsOfJson(root, text);
}
