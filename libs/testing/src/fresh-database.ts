import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';

import { Client, DatabaseError } from 'pg';

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
  return { url: url.href, drop: () => dropDatabase(serverUrl, name) };
}

/** SQLSTATE of PostgreSQL's insufficient_privilege. */
const INSUFFICIENT_PRIVILEGE = '42501';

/** How often a database is tried to be removed that PostgreSQL is vacuuming just now: only a superuser may end that. */
const MAX_TRIES = 50;
const PAUSE_MS = 200;

async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await onServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    } catch (error) {
      const vacuumed = error instanceof DatabaseError && error.code === INSUFFICIENT_PRIVILEGE;
      if (!vacuumed || tries === MAX_TRIES) throw error;
      await setTimeout(PAUSE_MS);
    }
  }
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
