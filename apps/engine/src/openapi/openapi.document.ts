import { API_VERSION } from '@clinker/ovirt-api';
import { z } from 'zod';
import type { InputKind } from '../http/input';
import type { CatalogedRoute } from './route.catalog';

type Json = Readonly<Record<string, unknown>>;

/** An operation of the document, as far as the readable page shows it. */
export interface OpenApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters: readonly Json[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: Json }>> };
  readonly responses: Json;
  readonly security?: readonly Json[];
}

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { title: string; version: string; description: string };
  readonly paths: Record<string, Partial<Record<CatalogedRoute['method'], OpenApiOperation>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>>; readonly [kind: string]: unknown };
  readonly servers: readonly Json[];
  readonly security: readonly Json[];
}

const DESCRIPTION =
  "oVirt's REST API as Clinker speaks it, in XML and JSON. Numbers and booleans are strings in JSON answers; input may be either. " +
  'Unknown and read-only members of input are ignored. The same is served below /api. What belongs to a cluster, a disk or a profile of ' +
  'interfaces is also served below the data center, storage domain or network, such as /datacenters/ID/clusters/ID/networks.';

const query = (name: string, description: string): Json => ({ name, in: 'query', description, schema: { type: 'string' } });

/** Parameters that many routes have; each may also be a matrix parameter of the last segment. */
const PARAMETERS: Readonly<Record<string, Json>> = {
  search: query('search', "oVirt's search language: `name=x* and status=up sortby name page 2`."),
  max: query('max', 'How many at most; all if not given.'),
  case_sensitive: query('case_sensitive', 'Whether texts are compared with their case.'),
  follow: query('follow', 'Links that are replaced by what they lead to: `disk_attachments.disk,nics`.'),
  'Correlation-Id': {
    ...{ name: 'Correlation-Id', in: 'header', schema: { type: 'string', maxLength: 36 } },
    description: 'Comes back, and is on the jobs and events of the request.',
  },
  Filter: { name: 'Filter', in: 'header', schema: { type: 'string' }, description: 'Only what the caller has permissions on.' },
};

const SECURITY = {
  bearer: { type: 'http', scheme: 'bearer' },
  basic: { type: 'http', scheme: 'basic' },
  session: { type: 'apiKey', in: 'cookie', name: 'JSESSIONID' },
};

const both = (schema: Json): Record<string, { schema: Json }> => ({ 'application/xml': { schema }, 'application/json': { schema } });
const part = (kind: 'schemas' | 'parameters' | 'responses', name: string): Json => ({ $ref: `#/components/${kind}/${name}` });

const text = { type: 'string' };
const SCHEMAS = {
  fault: { type: 'object', required: ['reason', 'detail'], properties: { reason: text, detail: text } },
  action: {
    type: 'object',
    properties: {
      status: { type: 'string', enum: ['complete', 'pending', 'failed'] },
      job: { type: 'object', properties: { id: text, href: text } },
      fault: part('schemas', 'fault'),
    },
  },
  resource: { type: 'object', description: "The resource, or the collection, as oVirt's model has it.", additionalProperties: true },
};

const answer = (description: string, schema: keyof typeof SCHEMAS): Json => ({ description, content: both(part('schemas', schema)) });

const RESPONSES = {
  found: answer('The resource.', 'resource'),
  made: answer('Made.', 'resource'),
  pending: answer('Made, while an operation still works on it: see creation_status.', 'resource'),
  done: answer('Done, or begun.', 'action'),
  refused: answer('Refused.', 'fault'),
  failed: answer('Refused.', 'action'),
};

/** The schema of a body, from that which checks it. */
function bodySchema({ element, schema }: InputKind<unknown>): Json {
  const json = Object.entries(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })).filter(([name]) => name !== '$schema');
  return { ...Object.fromEntries<unknown>(json), xml: { name: element } };
}

const isApi = ({ path }: CatalogedRoute): boolean => /^\/ovirt-engine\/api(\/|$)/.test(path);
const words = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
const lastSegment = ({ path }: CatalogedRoute): string => path.split('/').at(-1) ?? '';

function accessText({ access }: CatalogedRoute): string | undefined {
  if (!access) return undefined;
  if (access.kind === 'needs') return `Needs the permit ${access.permit}.`;
  if (access.kind === 'service-checks') return `Needs ${access.permits.join(', ')}, as the body says.`;
  return access.kind === 'administrators' ? 'For administrators.' : undefined;
}

function parametersOf(route: CatalogedRoute): Json[] {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);
  const inPath = names.map((name) => ({ name, in: 'path', required: true, schema: text }));
  if (!isApi(route)) return inPath;
  const isList = route.method === 'get' && !lastSegment(route).startsWith('{');
  const searches = route.searches ? ['search', 'case_sensitive'] : [];
  const shared = [...searches, ...(isList ? ['max'] : []), ...(route.method === 'get' ? ['follow'] : [])];
  const own = Object.entries(route.parameters).map(([name, description]) => query(name, description));
  return [...inPath, ...own, ...[...shared, 'Correlation-Id', 'Filter'].map((name) => part('parameters', name))];
}

const DONE: Json = { 200: { description: 'Done.' } };
const SENT_ON: Json = { 302: { description: 'The browser goes on elsewhere.' } };

const isForBrowsers = ({ path }: CatalogedRoute): boolean => /\/sso\/oauth\/(authorize|callback)$/.test(path);

function responsesOf(route: CatalogedRoute): Json {
  const of = (name: keyof typeof RESPONSES): Json => part('responses', name);
  if (!isApi(route)) return { ...(isForBrowsers(route) ? SENT_ON : DONE), 400: { description: 'Refused, with an error document.' } };
  const refused = { '4XX': of(route.isAction ? 'failed' : 'refused') };
  if (route.isAction || route.method === 'delete') return { 200: of('done'), ...refused };
  return route.method === 'post' ? { 201: of('made'), 202: of('pending'), ...refused } : { 200: of('found'), ...refused };
}

/** Gives each thing a name of its own; equal things may share one. */
class Names<T> {
  readonly named: Record<string, T> = {};

  add(wanted: string, thing: T): string {
    for (let count = 1; ; count += 1) {
      const name = count === 1 ? wanted : `${wanted}-${count}`;
      const known = this.named[name];
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(thing)) continue;
      this.named[name] = thing;
      return name;
    }
  }
}

class DocumentBuilder {
  readonly paths: OpenApiDocument['paths'] = {};
  readonly schemas = new Names<Json>();
  private readonly operationIds = new Names<string>();

  add(route: CatalogedRoute): void {
    (this.paths[route.path] ??= {})[route.method] ??= this.operation(route);
  }

  private operation(route: CatalogedRoute): OpenApiOperation {
    const [controller = '', method = ''] = route.name.split('.');
    const description = accessText(route);
    return {
      operationId: this.operationIds.add(route.name, `${route.method} ${route.path}`),
      summary: `${words(controller.replace(/Controller$/, ''))}: ${words(method)}`,
      ...(description === undefined ? {} : { description }),
      tags: [isApi(route) ? (route.path.split('/')[3] ?? 'api') : 'services'],
      parameters: parametersOf(route),
      ...(route.input ? { requestBody: this.body(route.input) } : {}),
      responses: responsesOf(route),
      ...(route.access?.kind === 'open' ? { security: [] } : {}),
    };
  }

  private body(input: InputKind<unknown>): NonNullable<OpenApiOperation['requestBody']> {
    return { content: both(part('schemas', this.schemas.add(`${input.element}-${input.method}`, bodySchema(input)))) };
  }
}

/** Describes these routes. The schemas of bodies are those by which the engine checks them. */
export function openApiDocument(routes: readonly CatalogedRoute[]): OpenApiDocument {
  const builder = new DocumentBuilder();
  routes.forEach((route) => builder.add(route));
  const schemas = { ...SCHEMAS, ...builder.schemas.named };
  return {
    openapi: '3.1.0',
    info: { title: 'Clinker', version: API_VERSION.full_version, description: DESCRIPTION },
    servers: [{ url: '/' }],
    security: Object.keys(SECURITY).map((name) => ({ [name]: [] })),
    paths: builder.paths,
    components: { schemas, parameters: PARAMETERS, responses: RESPONSES, securitySchemes: SECURITY },
  };
}
