/**
 * What went wrong, in one word.
 *
 * Reaching the services: `unreachable` (no connection, or it was lost), `timeout`, `tls` (certificate not trusted or not TLS at all),
 * `malformed` (an answer that is not what the protocol promises, or too large).
 * The account: `not_keystone`, `unauthorized` (wrong user or password), `project_not_found` (absent, or the user has no role in it),
 * `forbidden` (the role does not allow it), `no_volume_endpoint`, `not_cinder`, `version_too_old`, `no_service_role`.
 * Single requests: `not_found` (404), `bad_request` (400), `conflict` (409), `over_limit` (413, a quota), `rate_limited` (429), `server_error` (5xx).
 */
export type CinderErrorKind =
  | 'unreachable'
  | 'timeout'
  | 'tls'
  | 'malformed'
  | 'not_keystone'
  | 'unauthorized'
  | 'project_not_found'
  | 'forbidden'
  | 'no_volume_endpoint'
  | 'not_cinder'
  | 'version_too_old'
  | 'no_service_role'
  | 'not_found'
  | 'bad_request'
  | 'conflict'
  | 'over_limit'
  | 'rate_limited'
  | 'server_error';

/** Kinds after which the same request may succeed later. For a change, its outcome is then not known: look before repeating it. */
const RETRYABLE: ReadonlySet<CinderErrorKind> = new Set(['unreachable', 'timeout', 'malformed', 'rate_limited', 'server_error']);

export interface CinderErrorDetails {
  /** Status of the HTTP answer, when there was one. */
  httpStatus?: number;
  /** The service's own id of the request, for its logs (`req-…`). */
  requestId?: string;
  /** How long the service asked to wait (Retry-After). */
  retryAfterMs?: number;
  cause?: unknown;
}

/** The only error that this library throws on purpose. Its message is the service's own text where there is one, and never holds a secret. */
export class CinderError extends Error {
  override readonly name = 'CinderError';
  readonly kind: CinderErrorKind;
  readonly retryable: boolean;
  readonly httpStatus: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(kind: CinderErrorKind, message: string, details: CinderErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.retryable = RETRYABLE.has(kind);
    this.httpStatus = details.httpStatus;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
  }

  /** The same failure under a more telling kind or with more words. */
  as(kind: CinderErrorKind, message: string): CinderError {
    return new CinderError(kind, message, {
      ...(this.httpStatus === undefined ? {} : { httpStatus: this.httpStatus }),
      ...(this.requestId === undefined ? {} : { requestId: this.requestId }),
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
      cause: this,
    });
  }
}

/** True for a CinderError of one of these kinds. */
export function isCinderError(error: unknown, ...kinds: CinderErrorKind[]): error is CinderError {
  return error instanceof CinderError && (kinds.length === 0 || kinds.includes(error.kind));
}
