/** A value does not fit its XDR type, or bytes that were received do not hold what the type promises. */
export class XdrError extends Error {
  override readonly name = 'XdrError';
}
