import {
  type Answer,
  type CommandName,
  type CommandReply,
  type CommandRequest,
  type NoticeRequest,
  type SecretSet,
  answerSchema,
  commandSubject,
  commands,
  noticeSubject,
  notices,
} from '@clinker/agent-protocol';
import { randomUUID } from 'node:crypto';
import { EventEmitter, on } from 'node:events';
import { type Msg, type NatsConnection, connect, nkeyAuthenticator } from 'nats';
import type { TestNats } from './nats.testing';

/** The last answer to a command. */
type Done<C extends CommandName> = Exclude<CommandReply<C>, { readonly status: 'in_progress' }>;

/** The engine's end of the contract: answers the notices, remembers them, and asks commands. It checks every message by the contract. */
export class EngineEnd extends EventEmitter {
  readonly heard: { name: string; body: unknown }[] = [];
  secrets: SecretSet = { version: 0, secrets: [] };
  heartbeatMs = 200;

  private constructor(
    private readonly connection: NatsConnection,
    private readonly hostName: string,
  ) {
    super();
  }

  static async connect(nats: TestNats, hostName: string): Promise<EngineEnd> {
    const authenticator = nkeyAuthenticator(new TextEncoder().encode(nats.engineSeed));
    const connection = await connect({
      servers: nats.url,
      authenticator,
      inboxPrefix: '_INBOX.engine',
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
    });
    const engine = new EngineEnd(connection, hostName);
    connection.subscribe(noticeSubject('*', '*'), { callback: (_error, message) => engine.hear(message) });
    await connection.flush();
    return engine;
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  /** The value of a command's answer. @throws the error's body */
  async ask<C extends CommandName>(command: C, request: CommandRequest<C>): Promise<CommandReply<C>> {
    const answer = await this.askRaw(command, JSON.stringify(request));
    if (!answer.ok) throw Object.assign(new Error(answer.error.message), answer.error);
    return commands[command].reply.parse(answer.value) as CommandReply<C>;
  }

  /** Asks with the same message until it is done. */
  async ensure<C extends CommandName>(command: C, request: CommandRequest<C>): Promise<Done<C>> {
    for (;;) {
      const reply = await this.ask(command, request);
      if (!('status' in reply) || reply.status === 'done') return reply as Done<C>;
    }
  }

  async askRaw(command: string, payload: string | Uint8Array): Promise<Answer> {
    const reply = await this.connection.request(commandSubject(this.hostName, command), payload, { timeout: 8_000 });
    return answerSchema.parse(reply.json());
  }

  /** Sends without waiting for an answer. */
  async shout(command: string, payload: Uint8Array): Promise<void> {
    this.connection.publish(commandSubject(this.hostName, command), payload);
    await this.connection.flush();
  }

  /** The next notice of this name that fits. */
  async next<N extends keyof typeof notices>(name: N, fits: (body: NoticeRequest<N>) => boolean = () => true): Promise<NoticeRequest<N>> {
    for await (const [body] of on(this, name) as AsyncIterable<[NoticeRequest<N>]>) if (fits(body)) return body;
    throw new Error('Nothing more is heard');
  }

  /** Resolves when it has heard a notice of this name, be it before or after this call. */
  async hasHeard(name: keyof typeof notices): Promise<void> {
    if (!this.heard.some((one) => one.name === name)) await this.next(name);
  }

  private hear(message: Msg): void {
    const name = message.subject.split('.').at(-1) as keyof typeof notices;
    const body: unknown = notices[name].request.parse(message.json());
    this.heard.push({ name, body });
    if (name === 'joined') message.respond(envelope({ hostId: randomUUID(), heartbeatMs: this.heartbeatMs }));
    if (name === 'secrets-wanted') message.respond(envelope(this.secrets));
    this.emit(name, body);
  }
}

const envelope = (value: unknown): string => JSON.stringify({ ok: true, value });
