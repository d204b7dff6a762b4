import * as fc from 'fast-check';
import { z } from 'zod';
import type { CatalogedRoute } from '../../openapi/route.catalog';
import type { RawRequest } from '../../testing/running-engine';

/** A request to send. */
export interface Probe extends RawRequest {
  readonly path: string;
}

type Schema = Readonly<Record<string, unknown>>;
type Value = string | number | boolean | null | Value[] | { [name: string]: Value };

const PREFIX = '/ovirt-engine/api';

const nasty = fc.constantFrom(
  '',
  '*',
  '%',
  "'",
  '"',
  '\\',
  '\0',
  ';',
  '&',
  '<',
  ']]>',
  '&lol;',
  '${x}',
  '../..',
  'null',
  '-1',
  '1e309',
  'Ω',
  '💥',
  '\ud800',
);
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  nasty,
  fc.array(nasty, { maxLength: 5 }).map((parts) => parts.join('')),
  fc.constant('9'.repeat(40)),
);
const number = fc.oneof(fc.integer({ min: -1, max: 2 ** 40 }).map(String), fc.double().map(String), text);

/** Node's client sends no half surrogates. */
const wellFormed = (value: string): string => value.replace(/\p{Cs}/gu, '?');
const inUrl = (value: string): string => encodeURIComponent(wellFormed(value));

const field = fc.constantFrom(
  'name',
  'id',
  'status',
  'description',
  'storage.name',
  'host.name',
  'vms.name',
  'time',
  'severity',
  'memory',
  'provisioned_size',
  'usrname',
  'nothing',
);
const operator = fc.constantFrom('=', '!=', '<', '>', '<=', '>=', ' = ');
const operand = fc.oneof(
  fc.constantFrom('up', 'ok', 'x*', '*', '"x y"', '2026-01-01', '"2026-01-01 10:00"', '10GB', 'true', 'today', '5'),
  number,
  text.map((one) => `"${one}"`),
);
const term = fc.oneof(
  fc.tuple(field, operator, operand).map((parts) => parts.join('')),
  operand,
  text,
);
const join = fc.constantFrom(' and ', ' or ', ' ', ') and (', ' AND (');
const ending = fc.oneof(
  fc.constant(''),
  fc.tuple(field, fc.constantFrom('', ' asc', ' desc'), number).map(([by, order, page]) => ` sortby ${by}${order} page ${page}`),
);
const search = fc.oneof(
  text,
  fc
    .tuple(fc.array(fc.tuple(term, join), { maxLength: 4 }), term, ending)
    .map(([terms, last, end]) => `${terms.flat().join('')}${last}${end}`),
);

const raw = fc.stringMatching(/^[!-"$-.0->@-~]{0,12}$/);
const name = fc.constantFrom(
  'max',
  'from',
  'follow',
  'case_sensitive',
  'async',
  'force',
  'correlation_id',
  'filter',
  'all_content',
  'detach_only',
  '__proto__',
  'constructor',
);
const parameter = fc.oneof(
  fc
    .tuple(fc.oneof(name, text), fc.oneof(text, number, fc.constantFrom('true', 'disk_attachments.disk,nics', '5')))
    .map(([key, value]) => `${inUrl(key)}=${inUrl(value)}`),
  raw,
);
const parameters = fc.array(parameter, { maxLength: 3 });

const headerText = fc.oneof(
  fc.stringMatching(/^[ -~]{0,40}$/),
  fc.constantFrom('201-created', '202-accepted', '4', 'true', 'persistent-auth', 'application/json', 'application/xml', '*/*', '5'),
);
const header = fc.constantFrom(
  'accept',
  'version',
  'correlation-id',
  'filter',
  'all-content',
  'x-ovirt-expect',
  'session-ttl',
  'accept-language',
  'cookie',
  'x-anything',
);
const headers = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Record<string, string>>({}) },
  fc.dictionary(header, headerText, { maxKeys: 3, noNullPrototype: true }),
);

const anything: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(text, number, fc.boolean(), fc.integer(), fc.constant(null)),
    fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
})).value;

/** Values that fit a schema, as it is written for the description, with others among them. */
class SchemaValues {
  constructor(private readonly ids: readonly string[]) {}

  of(schema: Schema): fc.Arbitrary<Value> {
    return fc.oneof({ weight: 12, arbitrary: this.fitting(schema) }, { weight: 1, arbitrary: anything });
  }

  readonly id = (): fc.Arbitrary<string> => fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...this.ids) }, fc.uuid(), text);

  private fitting(schema: Schema): fc.Arbitrary<Value> {
    if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as string[]));
    if (schema['type'] === 'array') return this.list(schema);
    if (schema['type'] === 'object') return this.object((schema['properties'] ?? {}) as Record<string, Schema>);
    if (schema['format'] === 'uuid') return this.id();
    if (schema['format'] === 'date-time') return fc.oneof(fc.constant('2026-01-31T10:00:00Z'), text);
    return /integer/.test(String(schema['description']))
      ? number
      : fc.oneof(fc.stringMatching(/^[a-z]{1,8}$/), fc.constantFrom('Default', 'Blank'), text);
  }

  private list({ items, description }: Schema): fc.Arbitrary<Value> {
    const item = /list of (\w+)/.exec(String(description))?.[1] ?? 'item';
    return fc.array(this.of((items ?? {}) as Schema), { maxLength: 3 }).map((all) => ({ [item]: all }));
  }

  private object(properties: Record<string, Schema>): fc.Arbitrary<Value> {
    const members = Object.fromEntries(Object.entries(properties).map(([member, schema]) => [member, this.of(schema)]));
    return fc.record(members, { requiredKeys: Object.keys(members).slice(0, 1), noNullPrototype: true });
  }
}

const escapeXml = (value: string): string => value.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
const elementName = (text: string): string => (/^[a-z_]\w*$/i.test(text) ? text : 'other');

function toXml(element: string, value: Value): string {
  if (Array.isArray(value)) return value.map((one) => toXml(element, one)).join('');
  if (typeof value !== 'object' || value === null) return `<${element}>${escapeXml(String(value))}</${element}>`;
  const { id, ...members } = value;
  const attribute = typeof id === 'string' ? ` id="${escapeXml(id)}"` : '';
  return `<${element}${attribute}>${Object.entries(members)
    .map(([member, one]) => toXml(elementName(member), one))
    .join('')}</${element}>`;
}

interface Body {
  readonly body: string;
  readonly headers: Record<string, string>;
}

function bodyOf({ input }: CatalogedRoute, values: SchemaValues): fc.Arbitrary<Body> {
  const schema = input ? z.toJSONSchema(input.schema, { io: 'input', unrepresentable: 'any' }) : {};
  const value = values.of(schema);
  const of =
    (type: string) =>
    (body: string): Body => ({ body: wellFormed(body), headers: { 'content-type': type } });
  return fc.oneof(
    { weight: 5, arbitrary: value.map((one) => toXml(input?.element ?? 'action', one)).map(of('application/xml')) },
    { weight: 5, arbitrary: value.map((one) => JSON.stringify(one)).map(of('application/json')) },
    { weight: 1, arbitrary: text.map(of('application/xml')) },
    { weight: 1, arbitrary: fc.oneof(fc.json(), text).map(of('application/json')) },
    { weight: 1, arbitrary: fc.tuple(text, headerText).map(([body, type]) => of(type)(body)) },
  );
}

const isList = ({ method, path }: CatalogedRoute): boolean => method === 'get' && !path.includes('{');

/** @param ids of objects that there are */
export function inventedRequest(routes: readonly CatalogedRoute[], ids: readonly string[]): fc.Arbitrary<Probe> {
  const values = new SchemaValues(ids);
  const pathOf = ({ path }: CatalogedRoute, given: readonly string[]): string => {
    const left = [...given];
    return path.slice(PREFIX.length).replace(/\{\w+\}/g, () => inUrl(left.pop() ?? ''));
  };
  const request = (route: CatalogedRoute, body: fc.Arbitrary<Body | undefined>, searches: fc.Arbitrary<string[]>): fc.Arbitrary<Probe> =>
    fc
      .record({
        body,
        searches,
        parameters,
        headers,
        ids: fc.array(values.id(), { minLength: 5, maxLength: 5 }),
        prefix: fc.constantFrom(PREFIX, '/api', `${PREFIX}/v4`),
        mark: fc.constantFrom('?', ';'),
      })
      .map((parts) => ({
        path: `${parts.prefix}${pathOf(route, parts.ids)}${parts.mark}${[...parts.searches, ...parts.parameters].join(parts.mark === '?' ? '&' : ';')}`,
        method: route.method.toUpperCase() as 'GET',
        headers: { ...parts.headers, ...parts.body?.headers },
        ...(parts.body ? { body: parts.body.body } : {}),
      }));
  const none = fc.constant(undefined);
  const noSearch = fc.constant<string[]>([]);
  const searched = fc.constantFrom(...routes.filter(isList)).chain((route) =>
    request(
      route,
      none,
      search.map((one) => [`search=${inUrl(one)}`]),
    ),
  );
  const taking = fc.constantFrom(...routes.filter(({ input }) => input)).chain((route) => request(route, bodyOf(route, values), noSearch));
  const anywhere = fc
    .constantFrom(...routes)
    .chain((route) => request(route, route.method === 'get' ? none : bodyOf(route, values), noSearch));
  return fc.oneof({ weight: 3, arbitrary: searched }, { weight: 4, arbitrary: taking }, { weight: 3, arbitrary: anywhere });
}
