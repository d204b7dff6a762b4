import { CinderError, type CinderErrorKind } from './cinder.error';

/** One HTTP answer, its body not yet read as JSON. Header names are in lower case. */
export interface HttpAnswer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

const KINDS: Readonly<Record<number, CinderErrorKind>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  406: 'version_too_old',
  408: 'timeout',
  409: 'conflict',
  413: 'over_limit',
  429: 'rate_limited',
};
const LONGEST_MESSAGE = 1000;

/** The first value of a header, or undefined. */
export function header(answer: HttpAnswer, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The HTTP statuses as kinds. Redirects are not followed, so for us they are wrong answers. */
export function kindOfStatus(status: number): CinderErrorKind {
  const kind = KINDS[status];
  if (kind !== undefined) return kind;
  if (status >= 500) return 'server_error';
  return status >= 400 ? 'bad_request' : 'malformed';
}

function messageInside(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const message: unknown = 'message' in value ? value.message : undefined;
  return typeof message === 'string' && message.trim() !== '' ? message.trim() : undefined;
}

/** Cinder wraps its faults in one key that names them (`badRequest`, `itemNotFound`, `overLimit` …), Keystone in `error`. */
export function faultMessage(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const inner = Object.values(parsed).map(messageInside);
    return inner.find((message) => message !== undefined) ?? messageInside(parsed);
  } catch {
    return undefined;
  }
}

/** Retry-After in milliseconds; it is a number of seconds or a date (RFC 9110). */
export function retryAfterMs(value: string | undefined, now = Date.now()): number | undefined {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Takes every secret out of a text, should a service or a proxy have sent it back. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret.length > 0).reduce((left, secret) => left.replaceAll(secret, '***'), text);
}

/** The error that an answer with a bad status stands for. `place` is the origin that was asked; `secrets` never appear in its text. */
export function faultOf(answer: HttpAnswer, place: string, secrets: readonly string[]): CinderError {
  const text = faultMessage(answer.body) ?? `${place} answered ${answer.status}`;
  const requestId = header(answer, 'x-openstack-request-id') ?? header(answer, 'x-compute-request-id');
  const wait = retryAfterMs(header(answer, 'retry-after'));
  return new CinderError(kindOfStatus(answer.status), redact(text, secrets).slice(0, LONGEST_MESSAGE), {
    httpStatus: answer.status,
    ...(requestId === undefined ? {} : { requestId }),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
}
