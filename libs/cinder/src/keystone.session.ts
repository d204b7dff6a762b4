import { parseAnswer } from './answer.parser';
import { header, type HttpAnswer } from './answer.fault';
import { checkedAccount, keystoneRoot, type CinderAccount } from './cinder.account';
import { CinderError, isCinderError } from './cinder.error';
import { HttpTransport, originOf, type HttpRequest, type TransportOptions } from './http.transport';
import { discoverySchema, projectsSchema, tokenSchema, type CatalogueEndpoint, type CatalogueService } from './keystone.schemas';

/** A token is given up so long before its end that a request under way still gets through, in ms. */
const RENEW_BEFORE_MS = 60_000;

interface Grant {
  token: string;
  /** By our own clock, in ms. */
  renewAt: number;
  projectId: string;
  roles: readonly string[];
  catalogue: readonly CatalogueService[];
}

/**
 * One account's standing with Keystone v3: a project-scoped token, kept and renewed before its end.
 * However many ask at once, Keystone is asked once. Password and tokens are private fields: inspecting a session shows none.
 */
export class KeystoneSession {
  readonly #account: CinderAccount;
  readonly #root: string;
  readonly #transport: HttpTransport;
  #grant: Promise<Grant> | undefined;

  /** Throws `bad_request` if the account's form is wrong. Nothing is asked yet. */
  constructor(account: CinderAccount, options: TransportOptions = {}) {
    this.#account = checkedAccount(account);
    this.#root = keystoneRoot(account.authenticationUrl);
    this.#transport = new HttpTransport(options, account.caCertificate);
  }

  /** A token with more than a minute to live. Throws `unauthorized` if Keystone refuses user, password or project. */
  async token(): Promise<string> {
    return (await this.#valid()).token;
  }

  /** Names of the account's roles in its project, as Keystone gave them with the token. */
  async roles(): Promise<readonly string[]> {
    return (await this.#valid()).roles;
  }

  async projectId(): Promise<string> {
    return (await this.#valid()).projectId;
  }

  /** The catalogue's address of the first of these service types. Throws `no_volume_endpoint`. */
  async endpoint(...types: string[]): Promise<string> {
    const { catalogue } = await this.#valid();
    const offered = types.flatMap((type) => catalogue.filter((service) => service.type === type)).flatMap((service) => service.endpoints);
    const found = offered.find((endpoint) => this.#suits(endpoint));
    if (found !== undefined) return found.url;
    const { region, interface: wanted = 'public' } = this.#account;
    const where = region === undefined ? '' : ` in region ${region}`;
    throw new CinderError('no_volume_endpoint', `Keystone's catalogue has no ${wanted} address of ${types.join(' or ')}${where}`);
  }

  /** Forgets a token that a service refused; a newer one is kept. */
  async discard(token: string): Promise<void> {
    const grant = this.#grant;
    const current = await grant?.catch(() => undefined);
    if (current?.token === token && this.#grant === grant) this.#grant = undefined;
  }

  /** Asks, without any credentials, whether a Keystone v3 is there. Throws `not_keystone`, `unreachable`, `timeout` or `tls`. */
  async discover(): Promise<void> {
    const place = originOf(this.#root);
    try {
      parseAnswer(await this.#transport.send({ method: 'GET', url: `${this.#root}/`, direct: true }), discoverySchema, place);
    } catch (error) {
      if (isCinderError(error, 'unreachable', 'timeout', 'tls')) throw error;
      throw notKeystone(error, place);
    }
  }

  /** Logs in anew, past everything kept. If that is refused, finds out whether the project or the login is wrong. */
  async verify(): Promise<void> {
    this.#grant = undefined;
    try {
      await this.#valid();
    } catch (error) {
      if (isCinderError(error, 'unauthorized')) await this.#blameProject(error);
      throw error;
    }
  }

  /** A token of the same user without project and so without roles. */
  async unscopedToken(): Promise<string> {
    return subjectToken(await this.#login('unscoped'), originOf(this.#root));
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  #suits(endpoint: CatalogueEndpoint): boolean {
    const { region, interface: wanted = 'public' } = this.#account;
    return endpoint.interface === wanted && (region === undefined || endpoint.region === region || endpoint.region_id === region);
  }

  async #valid(): Promise<Grant> {
    const kept = this.#grant ?? this.#renew();
    const grant = await kept;
    if (Date.now() < grant.renewAt) return grant;
    return this.#grant === kept || this.#grant === undefined ? this.#renew() : this.#grant;
  }

  #renew(): Promise<Grant> {
    const grant = this.#authenticate();
    this.#grant = grant;
    grant.catch(() => {
      if (this.#grant === grant) this.#grant = undefined;
    });
    return grant;
  }

  async #authenticate(): Promise<Grant> {
    const place = originOf(this.#root);
    const started = Date.now();
    const answer = await this.#login(this.#scope());
    const { token } = parseAnswer(answer, tokenSchema, place);
    if (token.project === undefined) throw new CinderError('malformed', `${place} gave a token without a project`);
    return {
      token: subjectToken(answer, place),
      renewAt: started + usableMs(Date.parse(token.expires_at) - Date.parse(token.issued_at)),
      projectId: token.project.id,
      roles: (token.roles ?? []).map((role) => role.name),
      catalogue: token.catalog ?? [],
    };
  }

  #login(scope: unknown): Promise<HttpAnswer> {
    const { username, password, userDomainName = 'Default' } = this.#account;
    const user = { name: username, password, domain: { name: userDomainName } };
    const body = { auth: { identity: { methods: ['password'], password: { user } }, scope } };
    return this.#ask({ method: 'POST', url: `${this.#root}/auth/tokens`, body, repeatable: true, secrets: [password] });
  }

  #scope(): unknown {
    const { projectName, userDomainName = 'Default', projectDomainName = userDomainName } = this.#account;
    return { project: { name: projectName, domain: { name: projectDomainName } } };
  }

  /** A server that has no such path, or has no JSON to give, is not a Keystone. */
  async #ask(request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await this.#transport.send(request);
    } catch (error) {
      if (isCinderError(error, 'not_found')) throw notKeystone(error, originOf(this.#root));
      throw error;
    }
  }

  /** Keystone answers 401 to a wrong password and to a wrong project alike; only the first refuses a login without a project. */
  async #blameProject(refusal: CinderError): Promise<void> {
    const token = await this.unscopedToken().catch(() => undefined);
    if (token === undefined) return;
    const headers = { 'x-auth-token': token };
    const answer = await this.#transport.send({ method: 'GET', url: `${this.#root}/auth/projects`, headers, secrets: [token] });
    const names = parseAnswer(answer, projectsSchema, originOf(this.#root)).projects.map((project) => project.name);
    const { projectName } = this.#account;
    const reason = names.includes(projectName) ? 'is in another domain' : 'does not exist, or the user has no role in it';
    throw refusal.as('project_not_found', `The user and password are right, but the project ${projectName} ${reason}`);
  }
}

function notKeystone(cause: unknown, place: string): CinderError {
  return new CinderError('not_keystone', `${place} is not a Keystone with API v3`, { cause });
}

/** At least half of a short-lived token is used, so that a session does not log in for every request. */
function usableMs(lifetimeMs: number): number {
  return Number.isFinite(lifetimeMs) ? Math.max(lifetimeMs - RENEW_BEFORE_MS, lifetimeMs / 2) : RENEW_BEFORE_MS;
}

function subjectToken(answer: HttpAnswer, place: string): string {
  const token = header(answer, 'x-subject-token');
  if (token === undefined || token === '') throw new CinderError('not_keystone', `${place} accepted the login but gave no token`);
  return token;
}
