import type { ColumnOptions } from 'typeorm';

/** PostgreSQL's bigint as a JavaScript number: sizes in bytes stay far below 2^53. */
export const bytes: ColumnOptions = {
  type: 'bigint',
  transformer: {
    to: (value: unknown) => value,
    from: (value: string | null) => (value === null ? null : Number(value)),
  },
};
