import { schemaFaultsOfAnswer } from '@clinker/testing';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { labValue } from './lab';

/** oVirt's JSON: every scalar is a string. */
export interface Json {
  [name: string]: Json[] & Json & string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly body: Json;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

const agent = () => new Agent({ connect: { ca: readFileSync(labValue('CLINKER_CA'), 'utf8') }, headersTimeout: 120_000 });

/** A client of the engine in the lab, as any outside program would be one. */
export class ApiClient {
  private readonly dispatcher = agent();
  private readonly authorization: string;

  constructor(
    readonly url = labValue('CLINKER_URL'),
    user = labValue('CLINKER_USER'),
    password = labValue('CLINKER_PASSWORD'),
  ) {
    this.authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  }

  /** Asks the same engine outside the prefix of its API. @param form sent as a form, by POST */
  away(path: string, form?: string, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    const url = new URL(path, this.url).href;
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
    return form === undefined ? this.send('GET', url, undefined, headers) : this.send('POST', url, form, { ...type, ...headers });
  }

  get = (path: string): Promise<ApiAnswer> => this.ask('GET', path);
  post = (path: string, body: object = {}, headers: Record<string, string> = {}): Promise<ApiAnswer> =>
    this.ask('POST', path, body, headers);
  put = (path: string, body: object): Promise<ApiAnswer> => this.ask('PUT', path, body);
  delete = (path: string): Promise<ApiAnswer> => this.ask('DELETE', path);

  /** @param body an object is sent as JSON, a text as it is */
  ask(method: Method, path: string, body?: object | string, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    return this.send(method, this.url + path, body, headers);
  }

  private send(method: Method, url: string, body: object | string | undefined, headers: Record<string, string>): Promise<ApiAnswer> {
    const own = {
      Accept: 'application/json',
      'Content-Type': 'application/json',
      Authorization: this.authorization,
      'Correlation-Id': randomUUID(),
    };
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    return this.exact(method, url, { headers: { ...own, ...headers }, ...(text === undefined ? {} : { body: text }) });
  }

  /**
   * Sends exactly these headers. @param url whole, or below the engine's address
   * @throws Error if the answer is not what oVirt's schema allows: so every answer of every test is looked at
   */
  async exact(method: Method, url: string, { headers, body }: { headers: Record<string, string>; body?: string }): Promise<ApiAnswer> {
    const whole = new URL(url, this.url).href;
    const answer = await request(whole, { method, dispatcher: this.dispatcher, headers, ...(body === undefined ? {} : { body }) });
    const text = await answer.body.text();
    this.check(method, whole, { status: answer.statusCode, type: String(answer.headers['content-type'] ?? ''), text });
    return { status: answer.statusCode, headers: answer.headers, text, body: parsed(text) };
  }

  private check(method: Method, url: string, { status, type, text }: { status: number; type: string; text: string }): void {
    const [, path] = /^https?:\/\/[^/]+(?:\/ovirt-engine)?\/api(?:\/v4)?(?=[/?;]|$)([^?;]*)/.exec(url) ?? [];
    if (path === undefined) return;
    const faults = schemaFaultsOfAnswer({ method, path, status }, type, text);
    if (faults.length > 0)
      throw new Error(`${method} ${path} answered ${status} with what oVirt's schema does not allow: ${faults.join('; ')}`);
  }

  async close(): Promise<void> {
    await this.dispatcher.close();
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}

/** The body of an answer that must have one of these statuses. @throws Error that shows the fault */
export function body(answer: ApiAnswer, ...statuses: number[]): Json {
  const allowed = statuses.length > 0 ? statuses : [200, 201, 202];
  if (!allowed.includes(answer.status)) throw new Error(`${answer.status} instead of ${allowed.join(' or ')}: ${answer.text}`);
  return answer.body;
}

/** The detail of a refusal: of a fault, or of the fault in a failed action. */
export const faultDetail = (answer: ApiAnswer): string => answer.body['detail'] ?? answer.body['fault']?.['detail'] ?? '';
