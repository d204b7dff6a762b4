import { z } from 'zod';
import type { CinderConnection } from './cinder.connection';
import { isCinderError } from './cinder.error';

/** A list of Cinder's: where it is, how the answer names it, and what its entries are. */
export interface ListRequest<T> {
  path: string;
  key: string;
  entry: z.ZodType<T>;
  query: Readonly<Record<string, string>>;
}

interface Page<T> {
  entries: T[];
  links?: { rel: string }[] | undefined;
}

/** Some lists have no `next` links. A page shorter than this is then the last: no Cinder limits its pages to less. */
const SHORT_PAGE = 100;
/** A page's marker may be deleted while we page; then the list is read again from its start. */
const ATTEMPTS = 3;

const anyAnswer = z.record(z.string(), z.unknown());

/** The value of one key of an answer. */
export function inside<T>(key: string, schema: z.ZodType<T>): z.ZodType<T> {
  return z.preprocess((answer) => anyAnswer.safeParse(answer).data?.[key], schema);
}

function pageOf<T>(request: ListRequest<T>): z.ZodType<Page<T>> {
  const page = z.object({ entries: z.array(request.entry), links: z.array(z.object({ rel: z.string() })).optional() });
  return z.preprocess((answer) => {
    const { data } = anyAnswer.safeParse(answer);
    return { entries: data?.[request.key], links: data?.[`${request.key}_links`] };
  }, page);
}

function isLast<T>(page: Page<T>, pageSize: number): boolean {
  if (page.links !== undefined) return !page.links.some((link) => link.rel === 'next');
  return page.entries.length < Math.min(pageSize, SHORT_PAGE);
}

/** Reads all pages of a list, oldest entry first: what appears meanwhile comes last and is not missed. */
export async function readList<T extends { id: string }>(
  connection: CinderConnection,
  request: ListRequest<T>,
  pageSize: number,
): Promise<T[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readPages(connection, request, pageSize);
    } catch (error) {
      if (attempt === ATTEMPTS || !isCinderError(error, 'not_found')) throw error;
    }
  }
}

/** Pages are asked for by marker: Cinder's own `next` links may name a host that only it knows. */
async function readPages<T extends { id: string }>(connection: CinderConnection, request: ListRequest<T>, pageSize: number): Promise<T[]> {
  const found = new Map<string, T>();
  const query = { ...request.query, limit: String(pageSize), sort: 'created_at:asc' };
  for (let marker: string | undefined; ;) {
    const paged = marker === undefined ? query : { ...query, marker };
    const page: Page<T> = await connection.ask({ method: 'GET', path: request.path, query: paged }, pageOf(request));
    page.entries.forEach((entry) => found.set(entry.id, entry));
    marker = page.entries.at(-1)?.id;
    if (marker === undefined || isLast(page, pageSize)) return [...found.values()];
  }
}
