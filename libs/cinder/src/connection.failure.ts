import { CinderError, type CinderErrorKind } from './cinder.error';

/** Codes of Node's TLS and OpenSSL, and of undici, by what they mean to the one who set up the account. */
const TLS_CODES = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'HOSTNAME_MISMATCH',
  'EPROTO',
]);
const TIMEOUT_CODES = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const MALFORMED_CODES = new Set(['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'UND_ERR_HEADERS_OVERFLOW']);

interface Failure {
  name: string;
  code: string;
}

/** Read by shape: Node's own errors and DOMExceptions need not be instances of the Error that we see. */
function failureOf(error: unknown): Failure {
  if (typeof error !== 'object' || error === null) return { name: 'Error', code: '' };
  const name: unknown = 'name' in error ? error.name : undefined;
  const code: unknown = 'code' in error ? error.code : undefined;
  return { name: typeof name === 'string' ? name : 'Error', code: typeof code === 'string' ? code : '' };
}

function kindOf({ name, code }: Failure): CinderErrorKind {
  if (name === 'TimeoutError' || TIMEOUT_CODES.has(code)) return 'timeout';
  if (TLS_CODES.has(code) || code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL')) return 'tls';
  if (MALFORMED_CODES.has(code) || name === 'HTTPParserError') return 'malformed';
  return 'unreachable';
}

/** A short text that is ours alone: library errors may quote what was sent or received. */
const TEXTS: Partial<Record<CinderErrorKind, string>> = {
  timeout: 'did not answer in time',
  tls: 'cannot be trusted over TLS',
  malformed: 'gave an answer that is not HTTP or is too large',
  unreachable: 'cannot be reached or closed the connection',
};

/**
 * Gives an error of undici or of Node's sockets its kind. `place` is the origin that was asked, for instance `http://127.0.0.1:8776`.
 * The library's error itself is left out, its code is kept in the text: parser errors carry pieces of the answer.
 */
export function connectionFailure(error: unknown, place: string): CinderError {
  if (error instanceof CinderError) return error;
  const failure = failureOf(error);
  const kind = kindOf(failure);
  return new CinderError(kind, `${place} ${TEXTS[kind] ?? 'failed'} (${failure.code || failure.name})`);
}
