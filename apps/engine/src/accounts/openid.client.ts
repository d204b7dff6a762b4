import { readSecretFile } from '@clinker/settings';
import { readFileSync } from 'node:fs';
import type * as openid from 'openid-client';
import { Agent, fetch, type RequestInit } from 'undici';
import type { OidcOptions } from './oidc.settings';
import { type ExternalIdentity, identityOf } from './openid.claims';
import { ProviderFailure, failureOf, isRefusal } from './openid.failure';

/** Far more than any answer of a provider has. */
const MAX_ANSWER = 1024 * 1024;

/** Questions beyond these wait for one of them: a slow provider must not use up what others need. */
const CONNECTIONS = 16;

type Library = typeof openid;
type Tokens = openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers;
type Claims = Readonly<Record<string, unknown>>;

/** What must be the same when a browser comes back from the provider's pages. */
export interface BrowserSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** A provider that could be asked. */
interface Provider {
  readonly library: Library;
  readonly configuration: openid.Configuration;
}

/**
 * Asks an OpenID provider whether a name and a password belong together (resource owner password credentials, RFC 6749, section 4.3), or who has
 * logged in at its own pages, and who that is. Nothing of what the provider issues is kept, or given on. Redirects are not followed: a password must not travel on.
 */
export class OpenIdClient {
  private readonly secret: string;
  private readonly agent: Agent;
  private provider: Promise<Provider> | undefined;

  /** @throws SettingsError if there is no client secret */
  constructor(private readonly options: OidcOptions) {
    this.secret = readSecretFile(options.clientSecretFile);
    const { caFile, timeoutMs } = options;
    const ca = caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') };
    this.agent = new Agent({ connect: { timeout: timeoutMs, ...ca }, connections: CONNECTIONS, maxResponseSize: MAX_ANSWER });
  }

  get profile(): string {
    return this.options.profile;
  }

  /**
   * Who this is; undefined if the provider refuses the name or the password.
   * @throws ProviderFailure if it did not say so in time, or in no way that can be used
   */
  identify(username: string, password: string): Promise<ExternalIdentity | undefined> {
    const { scope } = this.options;
    return this.recognized(({ library, configuration }) =>
      library.genericGrantRequest(configuration, 'password', { username, password, scope }),
    );
  }

  /** Where a browser logs in at the provider (authorization code with PKCE). @throws ProviderFailure */
  async begin(callback: string): Promise<BrowserSecrets & { readonly address: string }> {
    return this.inTime(this.addressFor(callback)).catch((error: unknown) => this.fail(error));
  }

  /**
   * Who came back from there; undefined if the provider refuses him.
   * @param arrived the address with which the browser came back
   * @throws ProviderFailure if it did not say so in time, or in no way that can be used
   */
  identifyByCode(arrived: URL, { state, nonce, verifier }: BrowserSecrets): Promise<ExternalIdentity | undefined> {
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
    return this.recognized(({ library, configuration }) => library.authorizationCodeGrant(configuration, arrived, checks));
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async addressFor(callback: string): Promise<BrowserSecrets & { readonly address: string }> {
    const { library, configuration } = await this.discovered();
    const [state, nonce, verifier] = [library.randomState(), library.randomNonce(), library.randomPKCECodeVerifier()];
    const { href } = library.buildAuthorizationUrl(configuration, {
      redirect_uri: callback,
      scope: this.options.scope,
      state,
      nonce,
      code_challenge: await library.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return { address: href, state, nonce, verifier };
  }

  private async recognized(ask: (provider: Provider) => Promise<Tokens>): Promise<ExternalIdentity | undefined> {
    try {
      return identityOf(await this.inTime(this.claimsOf(ask)), this.options);
    } catch (error) {
      if (isRefusal(error)) return undefined;
      return this.fail(error);
    }
  }

  private fail(error: unknown): never {
    this.provider = undefined;
    throw failureOf(error);
  }

  /** The claims of the ID token; those that are not in it are asked for. */
  private async claimsOf(ask: (provider: Provider) => Promise<Tokens>): Promise<Claims> {
    const provider = await this.discovered();
    const { library, configuration } = provider;
    const { userClaim, groupsClaim } = this.options;
    const tokens = await ask(provider);
    const claims: Claims | undefined = tokens.claims();
    if (claims === undefined) throw new ProviderFailure('it gave no ID token');
    const isComplete = userClaim in claims && groupsClaim in claims;
    if (isComplete || configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
    return { ...(await library.fetchUserInfo(configuration, tokens.access_token, String(claims['sub']))), ...claims };
  }

  /** Its addresses and keys are asked for once, and again after a failure. */
  private discovered(): Promise<Provider> {
    this.provider ??= this.discover();
    return this.provider;
  }

  /** The library is loaded with the first log-in: engines without a provider do without it. */
  private async discover(): Promise<Provider> {
    const library = await import('openid-client');
    const { issuer, clientId, timeoutMs } = this.options;
    const configuration = await library.discovery(new URL(issuer), clientId, undefined, this.authentication(library), {
      timeout: Math.ceil(timeoutMs / 1_000),
      [library.customFetch]: (url, options) => this.fetch(url, options),
      execute: [library.enableNonRepudiationChecks],
    });
    return { library, configuration };
  }

  /** As the provider wants it; by a header if it says nothing (OpenID Connect Discovery, section 3). */
  private authentication({ ClientSecretBasic, ClientSecretPost }: Library): openid.ClientAuth {
    const [byHeader, byForm] = [ClientSecretBasic(this.secret), ClientSecretPost(this.secret)];
    return (server, client, body, headers) => {
      const known = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
      return (known.includes('client_secret_basic') ? byHeader : byForm)(server, client, body, headers);
    };
  }

  private async fetch(url: string, options: openid.CustomFetchOptions): Promise<Response> {
    return fetch(url, { ...(options as RequestInit), dispatcher: this.agent });
  }

  private async inTime<T>(work: Promise<T>): Promise<T> {
    const { timeoutMs } = this.options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new ProviderFailure(`it did not answer within ${timeoutMs / 1_000} s`)), timeoutMs);
    });
    return Promise.race([work, late]).finally(() => clearTimeout(timer));
  }
}
