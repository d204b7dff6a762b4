import { createHash } from 'node:crypto';

/** The id of something that is not stored: the same each time for the same words, as in oVirt, where such ids are name-based UUIDs too. */
export function nameBasedId(...words: string[]): string {
  const hex = createHash('md5').update(words.join('/')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-3${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
