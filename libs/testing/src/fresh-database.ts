import { randomBytes } from 'node:crypto';

import { Client } from 'pg';

/** A database that only one spec file knows. */
export interface FreshDatabase {
  /** `postgresql://…` of the new database. */
  url: string;
  /** Ends every session that is still in it, and removes it. */
  drop(): Promise<void>;
}

/** Creates an empty database of a random name on the server of `DATABASE_URL`. Throws if that is not set or does not answer. */
export async function freshDatabase(serverUrl = process.env['DATABASE_URL']): Promise<FreshDatabase> {
  if (!serverUrl) throw new Error('DATABASE_URL is not set: integration tests need a PostgreSQL server');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function onServer(serverUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
