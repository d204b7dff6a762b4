import { Client, type ClientConfig } from 'pg';

/** How many statements have a name: each session of PostgreSQL keeps a plan for those that it has run. */
const MOST_NAMES = 256;

/** How often a statement is seen before it gets a name: those of odd searches are not seen again. */
const SEEN_OFTEN = 3;

/** How many statements are counted. */
const MOST_COUNTED = 2_048;

const names = new Map<string, string>();
const seen = new Map<string, number>();

/** The name by which a statement is prepared; undefined for one that is rare. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST_NAMES) return known;
  const times = (seen.get(text) ?? 0) + 1;
  if (seen.size >= MOST_COUNTED) seen.clear();
  seen.set(text, times);
  if (times < SEEN_OFTEN) return undefined;
  seen.delete(text);
  const name = `statement-${names.size}`;
  names.set(text, name);
  return name;
}

/**
 * A session that has PostgreSQL prepare the statements which the engine sends again and again: to understand and plan one anew each time takes
 * longer than to do what most of ours ask. PostgreSQL itself sees when a plan for any values is worse than one for these.
 */
export class PreparingClient extends Client {
  constructor(settings?: ClientConfig) {
    super(settings);
    const send = (...given: unknown[]): unknown => Reflect.apply(Client.prototype.query, this, given);
    this.query = ((text: unknown, values: unknown, callback: unknown) => {
      const name = typeof text === 'string' && Array.isArray(values) ? nameOf(text) : undefined;
      return name === undefined ? send(text, values, callback) : send({ name, text, values }, callback);
    }) as Client['query'];
  }
}
