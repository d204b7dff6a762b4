import { UnauthenticatedError, UnavailableError } from '../errors/domain.errors';
import type { IssuedToken, TokenInfo } from './access-tokens.service';

/** The scope of API clients, which get an error document of their own. */
export const API_SCOPE = 'ovirt-app-api';

/** The parameters of a log-in request, from the form and the query. */
export type Form = Readonly<Record<string, string | undefined>>;

/** What cannot be answered with a token: oVirt's error document, with status 400. */
export class SsoRefusal extends Error {
  constructor(
    readonly code: 'access_denied' | 'invalid_grant' | 'invalid_request' | 'invalid_scope' | 'server_error' | 'unsupported_grant_type',
    message: string,
  ) {
    super(message);
    this.name = 'SsoRefusal';
  }
}

/** @throws SsoRefusal */
export function required(form: Form, name: string): string {
  const value = form[name];
  if (!value) throw new SsoRefusal('invalid_request', `Missing parameter: '${name}'`);
  return value;
}

/** Texts of a query or a form; of repeated ones the first. A body of another kind has none. */
export function formOf(...sources: unknown[]): Form {
  const fields = sources.flatMap((source) => (typeof source === 'object' && source !== null ? Object.entries(source) : []));
  const texts = fields.map(([name, value]): [string, unknown] => [name, [value].flat()[0]]);
  return Object.fromEntries(texts.filter((field): field is [string, string] => typeof field[1] === 'string'));
}

/** The answer to a log-in. `exp` is in ms since 1970, as a text. */
export const tokenDocument = ({ token, scope, expiresAt }: IssuedToken) => ({
  access_token: token,
  scope,
  exp: String(expiresAt.getTime()),
  token_type: 'bearer',
});

/** What a token is. */
export const tokenInfoDocument = ({ caller, scope, expiresAt }: TokenInfo) => ({
  active: true,
  token_type: 'bearer',
  client_id: '',
  user_id: caller.login,
  scope,
  exp: String(expiresAt.getTime()),
});

/** The error document: API clients look for `access_denied` in `error_code`; others read OAuth's own members. */
export function refusalDocument(error: unknown, scope: string): object {
  const { code, message } = described(error);
  if (scope.split(' ').includes(API_SCOPE)) return { error_code: code, error: message };
  return { error: code, error_description: message };
}

function described(error: unknown): { code: string; message: string } {
  if (error instanceof SsoRefusal) return error;
  if (error instanceof UnauthenticatedError) return { code: 'access_denied', message: error.message };
  if (error instanceof UnavailableError) return { code: 'server_error', message: error.message };
  return { code: 'server_error', message: 'The log-in could not be checked. Try again.' };
}
