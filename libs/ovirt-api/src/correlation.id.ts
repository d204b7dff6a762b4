import { randomUUID } from 'node:crypto';

const FORBIDDEN = /[^0-9A-Za-z_-]/g;
const MAX_LENGTH = 36;

/**
 * The correlation id of a request: the first candidate (header, then parameter) that has allowed characters, without the others and
 * cut to 36; else a new UUID.
 */
export function correlationId(...candidates: (string | undefined)[]): string {
  for (const candidate of candidates) {
    const id = candidate?.replace(FORBIDDEN, '').slice(0, MAX_LENGTH);
    if (id) return id;
  }
  return randomUUID();
}
