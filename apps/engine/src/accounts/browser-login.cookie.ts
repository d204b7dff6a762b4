import type { Request, Response } from 'express';
import { z } from 'zod';
import { askedSchema } from './browser-login.input';

const NAME = 'CLINKER_LOGIN';
const PLACE = 'Path=/ovirt-engine/sso/oauth; Secure; HttpOnly; SameSite=Lax';

/** Who is slower begins anew. */
const LIFETIME_S = 600;

const secret = z.string().regex(/^[\w-]{20,128}$/);

/** What must be the same when the browser comes back from the provider: so it is kept by the browser itself, and any engine may take it up. */
const handshake = z.object({
  /** Which way back belongs to this browser's way there. */
  state: secret,
  /** Which ID token belongs to it. */
  nonce: secret,
  /** What shows that we are who began (RFC 7636). */
  verifier: secret,
  asked: askedSchema,
});

export type Handshake = z.output<typeof handshake>;

/** Gives the browser what it has to bring back. */
export function showHandshake(response: Response, kept: Handshake): void {
  const value = Buffer.from(JSON.stringify(kept)).toString('base64url');
  response.append('Set-Cookie', `${NAME}=${value}; Max-Age=${LIFETIME_S}; ${PLACE}`);
}

/** Each is good for one way back. */
export function forgetHandshake(response: Response): void {
  response.append('Set-Cookie', `${NAME}=; Max-Age=0; ${PLACE}`);
}

/** What the browser brings back, checked like anything from outside; undefined if it began nothing, or too long ago. */
export function handshakeOf({ headers }: Request): Handshake | undefined {
  const [, value = ''] = new RegExp(`(?:^|;)\\s*${NAME}=([\\w-]+)`).exec(headers.cookie ?? '') ?? [];
  try {
    return handshake.safeParse(JSON.parse(Buffer.from(value, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}
