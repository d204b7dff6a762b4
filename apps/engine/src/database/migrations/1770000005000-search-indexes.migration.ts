import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables whose lists grow, and by which they are searched and sorted: see textField in search/field.kinds.ts. */
const TEXTS = [
  ['disk', 'name'],
  ['vm', 'name'],
  ['host', 'name'],
  ['template', 'name'],
  ['cluster', 'name'],
  ['data_center', 'name'],
  ['storage_domain', 'name'],
  ['volume_provider', 'name'],
  ['event', 'correlation_id'],
  ['operation', 'correlation_id'],
] as const;

/** The objects that events are about. */
const SUBJECTS = ['data_center', 'cluster', 'host', 'storage_domain', 'vm', 'disk', 'template', 'user'];

const nameOf = (table: string, column: string): string => `${table}_${column}_search`;

const INDEXES = [
  ...TEXTS.map(([table, column]) => `CREATE INDEX ${nameOf(table, column)} ON ${table} (lower(${column}) COLLATE "C", id)`),
  ...SUBJECTS.map((subject) => `CREATE INDEX ${nameOf('event', subject)} ON event (${subject}_id, id) WHERE ${subject}_id IS NOT NULL`),
  `CREATE INDEX ${nameOf('event', 'time')} ON event (time, id)`,
  `CREATE INDEX ${nameOf('vm', 'cluster')} ON vm (cluster_id)`,
  `CREATE INDEX ${nameOf('vm', 'template')} ON vm (template_id)`,
];

/** Searches, orders and pages of the API go by an index. */
export class SearchIndexes1770000005000 implements MigrationInterface {
  readonly name = 'SearchIndexes1770000005000';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of INDEXES) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const statement of INDEXES) await db.query(`DROP INDEX ${/^CREATE INDEX (\w+)/.exec(statement)?.[1] ?? ''}`);
  }
}
