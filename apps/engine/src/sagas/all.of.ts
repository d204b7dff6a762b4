/**
 * As `Promise.all`, but fails only when all have come to an end. A step that has failed is repeated or taken back at once: what still went on
 * alone would do its work after that, and nobody would find it.
 */
export async function allOf<T extends readonly unknown[] | []>(work: T): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
