import {
  circuitBreaker,
  ConsecutiveBreaker,
  DelegateBackoff,
  ExponentialBackoff,
  handleWhen,
  isBrokenCircuitError,
  retry,
  type CircuitBreakerPolicy,
  type IRetryBackoffContext,
} from 'cockatiel';
import { Agent, request as send } from 'undici';
import { faultOf, header, type HttpAnswer } from './answer.fault';
import { CinderError, isCinderError } from './cinder.error';
import { connectionFailure } from './connection.failure';

/** How the services are asked. Every field has a default. */
export interface TransportOptions {
  /** Time to get a connection, in ms. Default 10,000. */
  connectTimeoutMs?: number;
  /** Time for one whole request with its answer, in ms. Default 10,000. */
  readTimeoutMs?: number;
  /** Largest answer that is read, in bytes. Default 16 MiB. */
  maxResponseBytes?: number;
  /** How often a request that only looks is repeated. Default 3. */
  retries?: number;
  /** Failures in a row after which the service counts as dead and is asked no more for a while. Default 5. */
  breakAfter?: number;
  /** For how long at first, in ms; then longer and longer, up to 10 s. Default 500. */
  restMs?: number;
  /** An id that goes to the services' logs with every request: a UUID, with or without `req-` before it. */
  requestId?: () => string | undefined;
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
  /** Instead of the transport's own read timeout, in ms. */
  readTimeoutMs?: number;
  /** True if it may be sent again. Default: only GET. */
  repeatable?: boolean;
  /** True to ask even a service that counts as dead, and only once: for tests of the connection. */
  direct?: boolean;
  /** Statuses above 399 or redirects that are no failure here. */
  accept?: readonly number[];
  /** Texts of the request that must not come back in an error. */
  secrets?: readonly string[];
}

const DEFAULTS = {
  connectTimeoutMs: 10_000,
  readTimeoutMs: 10_000,
  maxResponseBytes: 16 * 1024 * 1024,
  retries: 3,
  breakAfter: 5,
  restMs: 500,
};
const CONNECTIONS = 32;
const LONGEST_REST_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;
/** A longer wait than this that a service asks for is the caller's business. */
const LONGEST_WAIT_MS = 5_000;
const GLOBAL_REQUEST_ID = /^(req-)?([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** True when the failure says that nobody useful is there, in contrast to a refusal. */
function isDown(error: unknown): boolean {
  return isCinderError(error, 'unreachable', 'timeout') || (isCinderError(error) && [502, 503, 504].includes(error.httpStatus ?? 0));
}

/** Exponential with full jitter, from 100 ms; a service that says how long to wait is believed. */
function waitBefore(context: IRetryBackoffContext<unknown>): number {
  const error = 'error' in context.result ? context.result.error : undefined;
  if (isCinderError(error) && error.retryAfterMs !== undefined) return error.retryAfterMs;
  return Math.random() * Math.min(2_000, 100 * 2 ** context.attempt);
}

/**
 * HTTP to the services of one account: one keep-alive pool per origin, timeouts, a cap on answers, retries of requests that only look,
 * and a circuit breaker. Redirects are never followed: a token must not travel to a host that nobody named.
 */
export class HttpTransport {
  readonly #agent: Agent;
  readonly #breaker: CircuitBreakerPolicy;
  readonly #options: Required<Omit<TransportOptions, 'requestId'>>;
  readonly #requestId: () => string | undefined;
  #clockOffsetMs = 0;

  constructor(options: TransportOptions = {}, caCertificate?: string) {
    this.#options = { ...DEFAULTS, ...options };
    this.#requestId = options.requestId ?? (() => undefined);
    this.#agent = new Agent({
      connect: { timeout: this.#options.connectTimeoutMs, ...(caCertificate === undefined ? {} : { ca: caCertificate }) },
      connections: CONNECTIONS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxResponseSize: this.#options.maxResponseBytes,
    });
    const { breakAfter, restMs } = this.#options;
    this.#breaker = circuitBreaker(handleWhen(isDown), {
      breaker: new ConsecutiveBreaker(breakAfter),
      halfOpenAfter: new ExponentialBackoff({ initialDelay: restMs, maxDelay: Math.max(restMs, LONGEST_REST_MS) }),
    });
  }

  /** What to add to our clock to get the service's, in ms, after the Date header of its last answer. */
  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  /** The answer, or a CinderError. */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    if (request.direct) return this.#attempt(request);
    const guarded = (): Promise<HttpAnswer> => this.#breaker.execute(() => this.#attempt(request));
    try {
      return (request.repeatable ?? request.method === 'GET') ? await this.#repeat(guarded) : await guarded();
    } catch (error) {
      if (!isBrokenCircuitError(error)) throw error;
      throw new CinderError(
        'unreachable',
        `${originOf(request.url)} failed ${this.#options.breakAfter} times in a row and is left alone for a moment`,
      );
    }
  }

  /** Closes all connections; requests that are under way fail. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #repeat(attempt: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
    const start = Date.now();
    const worthIt = (error: Error): boolean =>
      isCinderError(error) &&
      error.retryable &&
      (error.retryAfterMs ?? 0) <= LONGEST_WAIT_MS &&
      Date.now() - start < this.#options.readTimeoutMs;
    return retry(handleWhen(worthIt), { maxAttempts: this.#options.retries, backoff: new DelegateBackoff(waitBefore) }).execute(attempt);
  }

  async #attempt(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.#exchange(request);
    const date = Date.parse(header(answer, 'date') ?? '');
    if (!Number.isNaN(date)) this.#clockOffsetMs = date - Date.now();
    if (answer.status < 300 || request.accept?.includes(answer.status)) return answer;
    throw this.#refusal(request, answer);
  }

  #refusal(request: HttpRequest, answer: HttpAnswer): CinderError {
    const place = originOf(request.url);
    if (answer.status >= 400) return faultOf(answer, place, request.secrets ?? []);
    return new CinderError('malformed', `${place} sends us elsewhere (${answer.status}); redirects are not followed`, {
      httpStatus: answer.status,
    });
  }

  async #exchange(request: HttpRequest): Promise<HttpAnswer> {
    const body = request.body === undefined ? {} : { body: JSON.stringify(request.body) };
    try {
      const answer = await send(request.url, {
        dispatcher: this.#agent,
        method: request.method,
        headers: { accept: 'application/json', ...this.#ownHeaders(request), ...request.headers },
        signal: AbortSignal.timeout(request.readTimeoutMs ?? this.#options.readTimeoutMs),
        headersTimeout: 0,
        bodyTimeout: 0,
        ...body,
      });
      return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
    } catch (error) {
      throw connectionFailure(error, originOf(request.url));
    }
  }

  /** oslo.middleware takes over a caller's id only in the form `req-UUID`. */
  #ownHeaders(request: HttpRequest): Record<string, string> {
    const id = GLOBAL_REQUEST_ID.exec(this.#requestId() ?? '')?.[2];
    return {
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(id === undefined ? {} : { 'x-openstack-request-id': `req-${id.toLowerCase()}` }),
    };
  }
}

/** Scheme, host and port: what may be shown of an address. */
export function originOf(url: string): string {
  return new URL(url).origin;
}
