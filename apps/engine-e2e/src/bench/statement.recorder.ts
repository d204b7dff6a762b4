import type { EntityManager } from 'typeorm';

/** A statement as it went to PostgreSQL. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

type Query = (text: unknown, values?: readonly unknown[], ...others: unknown[]) => unknown;

/** PostgreSQL's client, as far as TypeORM's driver shows it. */
interface Driver {
  readonly postgres: { readonly Client: { readonly prototype: { query: Query } } };
}

/** Hears what the engine in this process asks the database. */
export class StatementRecorder {
  constructor(private readonly db: EntityManager) {}

  async during(work: () => Promise<unknown>): Promise<Statement[]> {
    const { prototype } = (this.db.connection.driver as unknown as Driver).postgres.Client;
    const { query } = prototype;
    const heard: Statement[] = [];
    prototype.query = function (this: unknown, text, values, ...others) {
      if (typeof text === 'string') heard.push({ text, values: Array.isArray(values) ? values : [] });
      return query.call(this, text, values, ...others);
    };
    try {
      await work();
    } finally {
      prototype.query = query;
    }
    return heard;
  }
}
