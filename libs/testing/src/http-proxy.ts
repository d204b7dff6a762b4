import { createServer, request as forward, type IncomingMessage, type RequestOptions, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, request as forwardTls } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** A request that came through, in the order of arrival. */
export interface SeenRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: IncomingMessage['headers'];
  /** The request's text. */
  body: string;
}

/** Which requests a disturbance or a count is about. Everything given must match. */
export interface RequestMatch {
  method?: string;
  /** Looked for in the path with its query. */
  path?: RegExp;
  /** Name of a header that must be there, in lower case. */
  header?: string;
}

/** What happens to a request instead of its being forwarded and answered. */
export type Disturbance =
  /** Forwarded after a time in ms, or once the promise is kept. */
  | { kind: 'delay'; until: number | Promise<unknown> }
  /** Never forwarded, answered with this. A body that is no string is sent as JSON. */
  | { kind: 'answer'; status: number; headers?: Record<string, string>; body?: unknown }
  /** Forwarded; only the first half of the real answer's body comes back, then the connection closes. */
  | { kind: 'half' }
  /** Never forwarded and never answered. */
  | { kind: 'silence' }
  /** Never forwarded; the connection closes. */
  | { kind: 'drop' }
  /** Forwarded and carried out, but the connection closes before the answer: the outcome that nobody can know. */
  | { kind: 'lose_answer' };

interface Rule {
  match: RequestMatch;
  disturbance: Disturbance;
  left: number;
}

export interface HttpProxyOptions {
  /** PEM texts, to be spoken to over TLS. */
  tls?: { key: string; cert: string };
}

interface RealAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** Headers that belong to one connection and not to the message (RFC 9110, section 7.6.1), and the length, which is set anew. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'content-length']);

/**
 * A real HTTP proxy in front of a real service: it counts what goes through, and does to chosen requests what networks and services do.
 * Give its `url` in place of the service's.
 */
export class HttpProxy {
  readonly requests: SeenRequest[] = [];
  #rules: Rule[] = [];
  readonly #target: URL;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #url = '';

  private constructor(target: string, options: HttpProxyOptions) {
    this.#target = new URL(target);
    const listener = (request: IncomingMessage, response: ServerResponse): void => void this.#serve(request, response);
    this.#server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Starts one on a free port of 127.0.0.1, in front of `target` (an origin; a path in it is kept). */
  static async start(target: string, options: HttpProxyOptions = {}): Promise<HttpProxy> {
    const proxy = new HttpProxy(target, options);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = proxy.#server.address() as AddressInfo;
    const path = proxy.#target.pathname.replace(/\/$/, '');
    proxy.#url = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}${path}`;
    return proxy;
  }

  /** Without a slash at its end. */
  get url(): string {
    return this.#url;
  }

  /** How many requests came, forwarded or not. */
  count(match: RequestMatch = {}): number {
    return this.requests.filter((request) => matches(match, request)).length;
  }

  /** Disturbs the next `times` requests that match (all, if absent). The oldest fitting disturbance goes first. Returns what takes it back. */
  disturb(disturbance: Disturbance, match: RequestMatch = {}, times = Infinity): () => void {
    const rule: Rule = { match, disturbance, left: times };
    this.#rules.push(rule);
    return () => {
      this.#rules = this.#rules.filter((other) => other !== rule);
    };
  }

  /** Forgets all disturbances and counts. */
  reset(): void {
    this.#rules = [];
    this.requests.length = 0;
  }

  /** Ends it, with all connections. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#sockets.forEach((socket) => socket.destroy());
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await textOf(request);
      const seen: SeenRequest = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: body.toString() };
      this.requests.push(seen);
      await this.#treat(seen, body, response);
    } catch {
      response.destroy();
    }
  }

  #disturbanceOf(request: SeenRequest): Disturbance | undefined {
    const rule = this.#rules.find(({ match, left }) => left > 0 && matches(match, request));
    if (rule !== undefined) rule.left -= 1;
    return rule?.disturbance;
  }

  async #treat(request: SeenRequest, body: Buffer, response: ServerResponse): Promise<void> {
    const disturbance = this.#disturbanceOf(request);
    switch (disturbance?.kind) {
      case 'silence':
        return;
      case 'drop':
        response.destroy();
        return;
      case 'answer':
        answerWith(response, disturbance);
        return;
      case 'delay':
        await (typeof disturbance.until === 'number' ? waitMs(disturbance.until) : disturbance.until);
        break;
      default:
    }
    this.#giveBack(await this.#forward(request, body), disturbance, response);
  }

  #giveBack(answer: RealAnswer, disturbance: Disturbance | undefined, response: ServerResponse): void {
    if (disturbance?.kind === 'lose_answer') {
      response.destroy();
      return;
    }
    response.writeHead(answer.status, { ...endToEnd(answer.headers), 'content-length': answer.body.length });
    if (disturbance?.kind !== 'half') {
      response.end(answer.body);
      return;
    }
    response.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () => response.destroy());
  }

  #forward(request: SeenRequest, body: Buffer): Promise<RealAnswer> {
    const options: RequestOptions = {
      method: request.method,
      // A connection of its own for each request: one kept alive may close between two, and that would be a disturbance nobody asked for.
      agent: false,
      host: this.#target.hostname,
      port: this.#target.port,
      path: request.path,
      headers: { ...endToEnd(request.headers), host: this.#target.host, 'content-length': body.length },
    };
    return new Promise((resolve, reject) => {
      const send = this.#target.protocol === 'https:' ? forwardTls : forward;
      const outgoing = send(options, (answer) => {
        textOf(answer).then((text) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: text }), reject);
      });
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }
}

function matches({ method, path, header }: RequestMatch, request: SeenRequest): boolean {
  if (method !== undefined && method !== request.method) return false;
  if (path !== undefined && !path.test(request.path)) return false;
  return header === undefined || request.headers[header] !== undefined;
}

function answerWith(response: ServerResponse, answer: Extract<Disturbance, { kind: 'answer' }>): void {
  const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
  response.end(body);
}

function endToEnd(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(([name, value]) => value !== undefined && !HOP_BY_HOP.has(name));
  return Object.fromEntries(kept) as Record<string, string | string[]>;
}

async function textOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function waitMs(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref());
}
