import { z } from 'zod';
import { API_SCOPE, type Form, SsoRefusal } from './sso.documents';

const MAX_LENGTH = 500;

/** The host names of a program on the same machine as the browser (RFC 8252, section 7.3): a name could lead elsewhere. */
const LOOPBACK = ['127.0.0.1', '[::1]'];

function isLoopback(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  return protocol === 'http:' && LOOPBACK.includes(hostname) && !username && !password && !hash;
}

const words = z
  .string()
  .max(MAX_LENGTH)
  .regex(/^[\x20-\x7e]+$/);

/** The SHA-256 of something, in base64url: what the program shows first of its secret (RFC 7636). */
const challenge = z.string().regex(/^[\w-]{43}$/);

/** What a program asks for when it sends a browser here. */
export const askedSchema = z.object({
  redirectUri: words.refine(isLoopback),
  challenge,
  state: words.optional(),
  scope: words.default(API_SCOPE),
});

export type Asked = z.output<typeof askedSchema>;

/** The parameters that say so (RFC 6749, section 4.1.1; RFC 7636, section 4.3), by our names. */
const PARAMETERS: Readonly<Record<keyof Asked, string>> = {
  redirectUri: 'redirect_uri',
  challenge: 'code_challenge',
  state: 'state',
  scope: 'scope',
};

/** @throws SsoRefusal that names the parameter which does not fit */
export function askedOf(form: Form): Asked {
  const must = (name: string, value: string): void => {
    if (form[name] !== value) throw new SsoRefusal('invalid_request', `The parameter '${name}' must be '${value}'.`);
  };
  must('response_type', 'code');
  must('code_challenge_method', 'S256');
  const given = Object.entries(PARAMETERS).map(([ours, name]) => [ours, form[name] || undefined]);
  const parsed = askedSchema.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const wrong = PARAMETERS[parsed.error.issues[0]?.path[0] as keyof Asked];
  const hint = wrong === 'redirect_uri' ? ' Codes are sent to programs beside the browser only: http://127.0.0.1:<port>/.' : '';
  throw new SsoRefusal('invalid_request', `The parameter '${wrong}' is missing or cannot be used.${hint}`);
}
