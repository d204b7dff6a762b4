import type { Response } from 'express';
import { InvalidInputError } from '../errors/domain.errors';
import type { WithApi } from './api-request';

/** oVirt's name for it, which clients keep. */
const COOKIE = 'JSESSIONID';

/** A month. */
const LONGEST_TTL_MINUTES = 44_640;

/** What a client says about its session. */
export interface SessionRequest {
  /** The session that it shows, if any. */
  readonly token: string | undefined;
  /** `Prefer: persistent-auth`: keep or begin a session. Without it a session ends with the request. */
  readonly persistent: boolean;
  /** `Prefer: new-auth`: take no notice of the session that the cookie shows. */
  readonly renew: boolean;
  /** `Session-TTL`, in ms. */
  readonly lifetimeMs: number | undefined;
}

const cookieValue = (cookies: string): string | undefined =>
  cookies
    .split(';')
    .map((one) => one.trim())
    .find((one) => one.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1);

function lifetime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const minutes = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (minutes >= 1 && minutes <= LONGEST_TTL_MINUTES) return minutes * 60_000;
  throw new InvalidInputError(`The header Session-TTL must be a number of minutes from 1 to ${LONGEST_TTL_MINUTES}.`);
}

/** Reads the cookie and the headers `Prefer` and `Session-TTL`. @throws InvalidInputError */
export function sessionRequest({ headers }: WithApi): SessionRequest {
  const prefer = [headers['prefer'] ?? []].flat().join(',');
  const ttl = [headers['session-ttl'] ?? []].flat()[0];
  return {
    token: cookieValue(headers.cookie ?? ''),
    persistent: /(^|[,;\s])persistent-auth($|[,;\s])/i.test(prefer),
    renew: /(^|[,;\s])new-auth($|[,;\s])/i.test(prefer),
    lifetimeMs: lifetime(ttl),
  };
}

/** Hands the session to the client; only for the API below the prefix that it asks, and never to other sites. */
export function showSession(response: Response, prefix: string, token: string): void {
  response.append('Set-Cookie', `${COOKIE}=${token}; Path=${prefix}; Secure; HttpOnly; SameSite=Strict`);
}

/** Lets the client forget its session. */
export function forgetSession(response: Response, prefix: string): void {
  response.append('Set-Cookie', `${COOKIE}=; Path=${prefix}; Max-Age=0; Secure; HttpOnly; SameSite=Strict`);
}
