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

  private async send(method: Method, url: string, body: object | string | undefined, headers: Record<string, string>): Promise<ApiAnswer> {
    const own = {
      Accept: 'application/json',
      'Content-Type': 'application/json',
      Authorization: this.authorization,
      'Correlation-Id': randomUUID(),
    };
    const answer = await request(url, {
      method,
      dispatcher: this.dispatcher,
      headers: { ...own, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, text, body: parsed(text) };
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
