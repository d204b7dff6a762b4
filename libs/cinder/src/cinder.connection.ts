import { z } from 'zod';
import { parseAnswer } from './answer.parser';
import type { HttpAnswer } from './answer.fault';
import { cinderAddresses, checkedAccount, type CinderAccount } from './cinder.account';
import { CinderError, isCinderError } from './cinder.error';
import { versionsSchema } from './cinder.schemas';
import { HttpTransport, originOf, type HttpRequest, type TransportOptions } from './http.transport';
import { KeystoneSession } from './keystone.session';
import { chosenVersion, type CinderVersion } from './cinder.version';

/** The names under which catalogues list Cinder's v3 API, the usual one first. */
const SERVICE_TYPES = ['volumev3', 'block-storage', 'block-store'];

export interface CinderRequest {
  method: HttpRequest['method'];
  /** Below the project's root, for instance `/volumes/detail`. */
  path: string;
  query?: Readonly<Record<string, string>>;
  body?: unknown;
  /** In ms, instead of the usual read timeout. */
  readTimeoutMs?: number;
  /** Send the account's own token as service token as well. */
  asService?: boolean;
  /** Ask even a Cinder that counts as dead, and only once. */
  direct?: boolean;
}

interface Site {
  base: string;
  version: CinderVersion;
}

/** What another server answers. */
const REFUSES = ['not_found', 'bad_request'] as const;

/** To one who tests an address, an answer that cannot be read says the same; at work it is one bad answer, of which the next may be right. */
const WRONG_PLACE = [...REFUSES, 'malformed'] as const;

/** Authenticated requests to one Cinder: the address from the catalogue, the negotiated version in every request, one new login on 401. */
export class CinderConnection {
  readonly session: KeystoneSession;
  readonly #account: CinderAccount;
  readonly #transport: HttpTransport;
  #site: Promise<Site> | undefined;

  constructor(account: CinderAccount, options: TransportOptions = {}) {
    this.#account = checkedAccount(account);
    this.session = new KeystoneSession(account, options);
    this.#transport = new HttpTransport(options, account.caCertificate);
  }

  /** Sends a request and reads its answer. Throws CinderError. */
  async ask<T>(request: CinderRequest, schema: z.ZodType<T>): Promise<T> {
    const { base } = await this.site();
    return parseAnswer(await this.#send(request), schema, originOf(base));
  }

  /**
   * Sends a request of which only the success matters. What is said is read all the same: a gateway that says 200 with a page of its own has not
   * passed anything on. Throws CinderError.
   */
  async send(request: CinderRequest): Promise<void> {
    const { base } = await this.site();
    const answer = await this.#send(request);
    if (answer.body !== '') parseAnswer(answer, z.looseObject({}), originOf(base));
  }

  async #send(request: CinderRequest): Promise<HttpAnswer> {
    const token = await this.session.token();
    try {
      return await this.#once(request, token);
    } catch (error) {
      // Cinder may have moved or changed its version: both are found out anew with the next request.
      if (isCinderError(error, 'unreachable', 'version_too_old')) this.#site = undefined;
      if (!isCinderError(error, 'unauthorized')) throw error;
      await this.session.discard(token);
      return this.#once(request, await this.session.token());
    }
  }

  /** Whether Cinder takes a GET of `path` with this service token: false is its 401, everything else that is no success is thrown. */
  async takesServiceToken(path: string, serviceToken: string): Promise<boolean> {
    const [{ base, version }, token] = [await this.site(), await this.session.token()];
    const headers = { ...versionHeader(version), 'x-auth-token': token, 'x-service-token': serviceToken };
    const answer = await this.#transport.send({
      method: 'GET',
      url: `${base}${path}`,
      headers,
      direct: true,
      accept: [401],
      secrets: [token, serviceToken],
    });
    return answer.status !== 401;
  }

  /** Where Cinder is and what it speaks; found out once. */
  site(): Promise<Site> {
    this.#site ??= this.#locate(false).catch((error: unknown) => {
      this.#site = undefined;
      throw error;
    });
    return this.#site;
  }

  /** Finds it out anew, past everything kept and past the breaker. Throws `no_volume_endpoint`, `not_cinder`, `version_too_old` and others. */
  async locate(): Promise<Site> {
    const site = await this.#locate(true);
    this.#site = Promise.resolve(site);
    return site;
  }

  /** Now by Cinder's clock. */
  serverTime(): Date {
    return new Date(Date.now() + this.#transport.clockOffsetMs);
  }

  async close(): Promise<void> {
    await Promise.all([this.session.close(), this.#transport.close()]);
  }

  async #once(request: CinderRequest, token: string): Promise<HttpAnswer> {
    const { base, version } = await this.site();
    const query = request.query === undefined ? '' : `?${new URLSearchParams(request.query).toString()}`;
    const service = request.asService ? { 'x-service-token': token } : {};
    return this.#transport.send({
      method: request.method,
      url: `${base}${request.path}${query}`,
      headers: { ...versionHeader(version), 'x-auth-token': token, ...service },
      secrets: [token],
      direct: request.direct ?? false,
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(request.readTimeoutMs === undefined ? {} : { readTimeoutMs: request.readTimeoutMs }),
    });
  }

  async #locate(direct: boolean): Promise<Site> {
    const [url, projectId] = [this.#account.url ?? (await this.session.endpoint(...SERVICE_TYPES)), await this.session.projectId()];
    const { versions, base } = cinderAddresses(url, projectId);
    return { base, version: await this.#negotiate(versions, direct) };
  }

  async #negotiate(url: string, direct: boolean): Promise<CinderVersion> {
    const token = await this.session.token();
    try {
      const answer = await this.#transport.send({
        method: 'GET',
        url,
        headers: { 'x-auth-token': token },
        direct,
        accept: [300],
        secrets: [token],
      });
      return chosenVersion(parseAnswer(answer, versionsSchema, originOf(url)).versions);
    } catch (error) {
      if (!isCinderError(error, ...(direct ? WRONG_PLACE : REFUSES))) throw error;
      throw new CinderError('not_cinder', `${originOf(url)} is not a Cinder with API v3`, { cause: error });
    }
  }
}

function versionHeader(version: CinderVersion): Record<string, string> {
  return { 'openstack-api-version': `volume ${version.used}` };
}
