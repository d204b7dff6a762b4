import { QueryFailedError } from 'typeorm';

/** SQLSTATE of PostgreSQL's unique_violation and foreign_key_violation. */
const UNIQUE = '23505';
const FOREIGN_KEY = '23503';

const field = (error: unknown, name: 'code' | 'constraint'): string | undefined => {
  if (!(error instanceof QueryFailedError)) return undefined;
  const { [name]: value } = error.driverError as Error & { code?: string; constraint?: string };
  return value;
};

/** The name of the unique constraint or index that a statement would have broken; undefined if it failed otherwise. */
export const brokenUniqueConstraint = (error: unknown): string | undefined =>
  field(error, 'code') === UNIQUE ? field(error, 'constraint') : undefined;

/** True if a row is still referred to, or refers to one that is gone. */
export const isForeignKeyViolation = (error: unknown): boolean => field(error, 'code') === FOREIGN_KEY;
