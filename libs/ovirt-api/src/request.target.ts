import { MalformedDocument, checkCharacters } from './wire.document';

/** The two places where oVirt has served its API; links follow the one that was asked for. */
export type ApiPrefix = '/ovirt-engine/api' | '/api';

/** A request's URL, taken apart. */
export interface RequestTarget {
  prefix: ApiPrefix;
  /** Path below the prefix for the router, still percent-encoded: no matrix parameters, version, empty segments or trailing slash. */
  path: string;
  /** Version from the path (`/v4/...`); without one the `Version` header decides. */
  version: string | undefined;
  /** Query parameters; of repeated ones the first. */
  query: Readonly<Record<string, string>>;
  /** Matrix parameters of the last segment; one without a value is `'true'`. */
  matrix: Readonly<Record<string, string>>;
}

const PREFIXES: readonly ApiPrefix[] = ['/ovirt-engine/api', '/api'];
const VERSION_SEGMENT = /^v(\d{1,3})$/;

function decode(text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch (cause) {
    throw new MalformedDocument('The URL has malformed percent-encoding.', { cause });
  }
  checkCharacters(decoded);
  return decoded;
}

function parameters(parts: readonly string[], bare: string): Record<string, string> {
  const found = new Map<string, string>();
  for (const part of parts) {
    if (part === '') continue;
    const split = part.indexOf('=');
    const name = decode(split < 0 ? part : part.slice(0, split));
    if (!found.has(name)) found.set(name, split < 0 ? bare : decode(part.slice(split + 1)));
  }
  return Object.assign(Object.create(null) as Record<string, string>, Object.fromEntries(found));
}

function queryParameters(query: string): Record<string, string> {
  return parameters(query.replaceAll('+', '%20').split('&'), '');
}

function matrixParameters(segment: string): Record<string, string> {
  return parameters(segment.split(';').slice(1), 'true');
}

function withoutMatrix(segment: string): string {
  return segment.split(';', 1)[0] ?? '';
}

function prefixOf(names: readonly string[]): ApiPrefix | undefined {
  const path = `/${names.join('/')}`;
  return PREFIXES.find((prefix) => path === prefix || path.startsWith(`${prefix}/`));
}

/**
 * Takes a request's URL apart as oVirt does: matrix parameters on any segment are removed, those of the last one count.
 * Undefined when the path is outside the API.
 *
 * @param url path and query as they stand in the request line
 * @throws MalformedDocument for malformed percent-encoding and for control characters
 */
export function parseTarget(url: string): RequestTarget | undefined {
  const [withQuery = ''] = url.split('#', 1);
  const mark = withQuery.indexOf('?');
  const path = mark < 0 ? withQuery : withQuery.slice(0, mark);
  const segments = path.split('/').filter((segment) => segment !== '');
  const names = segments.map(withoutMatrix).filter((name) => name !== '');
  const prefix = path.startsWith('/') ? prefixOf(names) : undefined;
  if (prefix === undefined) return undefined;
  names.forEach(decode);
  const below = names.slice(prefix.split('/').length - 1);
  const version = VERSION_SEGMENT.exec(below[0] ?? '')?.[1];
  return {
    prefix,
    path: `/${(version === undefined ? below : below.slice(1)).join('/')}`,
    version,
    query: queryParameters(mark < 0 ? '' : withQuery.slice(mark + 1)),
    matrix: matrixParameters(segments.at(-1) ?? ''),
  };
}

/** A parameter's text: from the query, else from the matrix of the last segment. */
export function parameter(target: Pick<RequestTarget, 'query' | 'matrix'>, name: string): string | undefined {
  return target.query[name] ?? target.matrix[name];
}

const TRUE_TEXTS: ReadonlySet<string> = new Set(['', 't', 'true', 'y', 'yes', '1']);

/** A boolean parameter as oVirt reads it: present without a value is true, of the other texts only `t true y yes 1`. */
export function booleanParameter(text: string | undefined, absent = false): boolean {
  return text === undefined ? absent : TRUE_TEXTS.has(text.trim().toLowerCase());
}
