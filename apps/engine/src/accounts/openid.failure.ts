/** The provider did not say who this is, and the password is not to blame. The message is for operators: it never quotes the provider. */
export class ProviderFailure extends Error {
  override readonly name = 'ProviderFailure';
}

/** Errors of the token endpoint (RFC 6749, section 5.2) that say that name and password do not fit; Dex says `access_denied`. */
const REFUSALS = ['invalid_grant', 'access_denied'];

/** Where anybody could have written the error: it is not repeated. */
const IN_ADDRESS = 'OAUTH_AUTHORIZATION_RESPONSE_ERROR';

const WRONG_CLIENT = 'it does not know the client, or the client secret is wrong';

/** Its other errors, which are put right by who set up the provider, and what the library finds wrong with its answers. */
const EXPLANATIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    [IN_ADDRESS]: 'it sent the browser back with an error',
    OAUTH_WWW_AUTHENTICATE_CHALLENGE: WRONG_CLIENT,
    OAUTH_RESPONSE_IS_NOT_CONFORM: 'its answer has another HTTP status than it should: is the issuer right, and the provider well?',
    OAUTH_RESPONSE_IS_NOT_JSON: 'its answer is no JSON: is the issuer right, and the provider well?',
    OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: 'it calls itself by another issuer',
    OAUTH_JWT_CLAIM_COMPARISON_FAILED: 'its ID token is of another issuer, or for another client',
    OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'its ID token is of another time: compare the clocks',
    OAUTH_KEY_SELECTION_FAILED: 'its ID token is signed by a key that it does not publish',
    OAUTH_UNSUPPORTED_OPERATION: 'its ID token is signed in a way that is not supported: use a key pair, such as RS256',
    invalid_client: WRONG_CLIENT,
    unauthorized_client:
      'it does not let the client log users in by password: allow it the password grant (Keycloak: direct access grants)',
    unsupported_grant_type: 'it has no password grant',
    invalid_scope: 'it does not let the client ask for the scope',
  }),
);

interface Coded {
  readonly code?: unknown;
  readonly error?: unknown;
  readonly cause?: unknown;
}

const codedOf = (error: unknown): Coded => (typeof error === 'object' && error !== null ? error : {});

/** A word such as `ECONNREFUSED` or `invalid_scope`, never a text from outside. */
const wordOf = (value: unknown): string | undefined => (typeof value === 'string' && /^\w{1,64}$/.test(value) ? value : undefined);

/** True if the provider has answered that name and password do not fit. */
export const isRefusal = (error: unknown): boolean => REFUSALS.includes(wordOf(codedOf(error).error) ?? '');

/** What a failed question to the provider means. */
export function failureOf(error: unknown): ProviderFailure {
  if (error instanceof ProviderFailure) return error;
  const { error: answer, code, cause } = codedOf(error);
  const network = wordOf(codedOf(cause).code);
  if (error instanceof TypeError && network !== undefined) return new ProviderFailure(`it cannot be reached (${network})`);
  const answered = code === IN_ADDRESS ? undefined : wordOf(answer);
  const word = answered ?? wordOf(code) ?? 'no OpenID provider';
  const unexplained = answered === undefined ? `its answer cannot be used (${word})` : `it answered with the error ${word}`;
  return new ProviderFailure(EXPLANATIONS.get(word) ?? unexplained);
}
