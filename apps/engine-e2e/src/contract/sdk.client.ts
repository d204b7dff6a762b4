import { type Wire, type WireObject, fromXml } from '@clinker/ovirt-api';
import { ApiClient, type ApiAnswer } from '../api.client';
import { labValue, until } from '../lab';

/** How a family of oVirt's SDKs introduces itself, and what differs between them. */
export interface Family {
  readonly userAgent: string;
  /** The scope that it sends when it logs out. */
  readonly logOutScope: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const FAMILIES = {
  python: { userAgent: 'PythonSDK/4.4.15', logOutScope: 'ovirt-app-api' },
  go: { userAgent: 'GoSDK/4.4.3', logOutScope: 'ovirt-app-api' },
  ruby: { userAgent: 'RubySDK/4.4.1', logOutScope: '' },
  java: { userAgent: 'JavaSDK', logOutScope: 'ovirt-app-api' },
} as const satisfies Record<string, Family>;

const BASE = '/ovirt-engine/api';
const XML = /^\s*(application|text)\/xml\s*(;.*)?$/;

/** An answer as an SDK sees it: its element, and what is in it. */
export interface SdkAnswer {
  readonly status: number;
  readonly element: string;
  readonly body: WireObject;
  readonly headers: ApiAnswer['headers'];
}

/** A member of an answer by its path, such as `disk.id`; empty if there is none. */
export function textAt(body: WireObject, path: string): string {
  const found = path.split('.').reduce<Wire>((value, name) => (isObject(value) ? value[name] : undefined), body);
  return typeof found === 'string' ? found : '';
}

const isObject = (value: Wire): value is WireObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** The objects of a list, of which XML does not tell whether it is one: `itemsIn(body, 'vm')`. */
export const itemsIn = (body: WireObject, item: string): WireObject[] =>
  [body[item]].flat().filter((one): one is WireObject => isObject(one));

/** True if an answer has the member at all, with text or with members. */
export const has = (body: WireObject, path: string): boolean =>
  path.split('.').reduce<Wire>((value, name) => (isObject(value) ? value[name] : undefined), body) !== undefined;

/** A client that is as strict as oVirt's SDKs: what makes one of them raise an error is an error here. */
export class SdkClient {
  private token = '';

  constructor(
    private readonly family: Family,
    private readonly api = new ApiClient(),
  ) {}

  /** As every SDK does before its first request. @throws Error unless there is a token */
  async logIn(user = labValue('CLINKER_USER'), password = labValue('CLINKER_PASSWORD')): Promise<void> {
    const fields = { grant_type: 'password', scope: 'ovirt-app-api', username: user, password };
    const answer = await this.form('/ovirt-engine/sso/oauth/token', fields);
    if (answer.body['access_token'] === undefined) throw new Error(`No token: ${answer.status} ${answer.text}`);
    this.token = answer.body['access_token'];
  }

  /** @throws Error unless the answer is JSON, as the Python SDK does */
  async logOut(): Promise<void> {
    const answer = await this.form('/ovirt-engine/services/sso-logout', { scope: this.family.logOutScope, token: this.token });
    if (answer.status !== 200) throw new Error(`${answer.status} to a log-out`);
  }

  /** One object or list. */
  get = (path: string, headers = {}): Promise<SdkAnswer> => this.must([200], 'GET', path, { headers });

  /** A new object, readable at once under its own address. */
  async add(path: string, xml: string): Promise<SdkAnswer> {
    const answer = await this.must([200, 201, 202], 'POST', path, { xml });
    const href = textAt(answer.body, 'href');
    if (!href.startsWith(`${BASE}/`)) throw new Error(`POST ${path}: the address ${href} is not below ${BASE}`);
    await this.get(href.slice(BASE.length));
    return answer;
  }

  update = (path: string, xml: string): Promise<SdkAnswer> => this.must([200], 'PUT', path, { xml });

  remove = (path: string): Promise<SdkAnswer> => this.must([200], 'DELETE', path, {});

  /** An action. @throws Error for a fault in it too */
  async act(path: string, xml = '<action/>'): Promise<SdkAnswer> {
    const answer = await this.must([200, 201, 202], 'POST', path, { xml });
    if (answer.element !== 'action' || has(answer.body, 'fault')) throw new Error(`POST ${path}: no action, or a failed one`);
    return answer;
  }

  /** The status alone: for what is expected to be refused. */
  async statusOf(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, xml?: string): Promise<number> {
    return (await this.send(method, path, xml, {})).status;
  }

  /** Reads until the object has this status, as modules and providers do after each change. */
  async untilStatus(path: string, status: string): Promise<SdkAnswer> {
    return until(
      `${path} ${status}`,
      () => this.get(path),
      ({ body }) => textAt(body, 'status') === status,
    );
  }

  /** Deletes until it is gone: what is locked is asked again, as clients do. @param query such as `?detach_only=true` */
  async untilGone(path: string, query = ''): Promise<void> {
    const attempt = async () => {
      await this.statusOf('DELETE', path + query);
      return this.statusOf('GET', path);
    };
    await until(`${path} gone`, attempt, (status) => status === 404);
  }

  close(): Promise<void> {
    return this.api.close();
  }

  private async must(
    statuses: readonly number[],
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    { xml, headers = {} }: { xml?: string; headers?: Record<string, string> },
  ): Promise<SdkAnswer> {
    const answer = await this.send(method, path, xml, headers);
    if (!statuses.includes(answer.status)) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    const { element = '', body } = fromXml(answer.text);
    return { status: answer.status, element, body, headers: answer.headers };
  }

  private async send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, xml: string | undefined, more: Record<string, string>) {
    const own = {
      'User-Agent': this.family.userAgent,
      Version: '4',
      'Content-Type': 'application/xml',
      Accept: 'application/xml',
      Authorization: `Bearer ${this.token}`,
    };
    const headers = { ...own, ...this.family.headers, ...more };
    const answer = await this.api.exact(method, BASE + path, { headers, ...(xml === undefined ? {} : { body: xml }) });
    const type = String(answer.headers['content-type'] ?? '');
    if (answer.text !== '' && !XML.test(type)) throw new Error(`${method} ${path}: an answer of type ${type}`);
    return answer;
  }

  private async form(path: string, fields: Record<string, string>): Promise<ApiAnswer> {
    const headers = {
      'User-Agent': this.family.userAgent,
      Accept: 'application/json',
      'Content-Type': 'application/x-www-form-urlencoded',
    };
    const answer = await this.api.exact('POST', path, { headers, body: new URLSearchParams(fields).toString() });
    if (!String(answer.headers['content-type']).startsWith('application/json')) throw new Error(`${path} answers no JSON`);
    return answer;
  }
}

/** A search as the SDKs write it into an address. */
export const searchFor = (criteria: string, more: Record<string, string> = {}): string =>
  `?${new URLSearchParams({ ...more, search: criteria }).toString()}`;
