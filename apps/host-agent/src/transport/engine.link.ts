import {
  type AgentErrorBody,
  type NoticeName,
  type NoticeReply,
  type NoticeRequest,
  answerSchema,
  noticeSubject,
  notices,
} from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { EventEmitter } from 'node:events';
import { type Msg, type NatsConnection, createInbox } from 'nats';
import { AgentContext } from '../agent.context';
import { HostNatsServer } from './host-nats.server';

type RequestNotice = 'joined' | 'secrets-wanted';
type PlainNotice = Exclude<NoticeName, RequestNotice>;

const REQUEST_TIMEOUT_MS = 3_000;
const NO_RESPONDERS = 503;

/** The engine gave no answer: NATS is away, nobody listens, or it took too long. */
export class EngineUnavailableError extends Error {
  override readonly name = 'EngineUnavailableError';
}

/** The engine answered, but not with what was asked for. */
export class EngineRefusedError extends Error {
  override readonly name = 'EngineRefusedError';

  constructor(readonly body: AgentErrorBody) {
    super(`the engine refused: ${body.message} (${body.code})`);
  }
}

/**
 * What this host tells and asks the engine.
 * Events: `reconnected` NATS came back; `engineAway` NATS says that nobody heard the last notice.
 */
@Injectable()
export class EngineLink extends EventEmitter<{ reconnected: []; engineAway: [] }> {
  private inbox: string | undefined;

  constructor(
    private readonly server: HostNatsServer,
    private readonly context: AgentContext,
  ) {
    super();
    server.on('reconnect', () => this.emit('reconnected'));
  }

  /**
   * Asks the engine and waits for its answer.
   * @throws EngineUnavailableError, EngineRefusedError
   */
  async request<N extends RequestNotice>(name: N, body: NoticeRequest<N>): Promise<NoticeReply<N>> {
    const payload = await this.exchange(name, JSON.stringify(body));
    const answer = answerSchema.safeParse(payload);
    if (!answer.success) throw new EngineUnavailableError(`the engine's answer to '${name}' does not fit the contract`);
    if (!answer.data.ok) throw new EngineRefusedError(answer.data.error);
    const reply = notices[name].reply.safeParse(answer.data.value);
    if (!reply.success) throw new EngineUnavailableError(`the engine's answer to '${name}' does not fit the contract`);
    return reply.data as NoticeReply<N>;
  }

  /** Tells the engine. Nobody waits for it: a notice that is lost is made good by the next heartbeat or look. */
  tell<N extends PlainNotice>(name: N, body: NoticeRequest<N>): void {
    const connection = this.server.engineConnection;
    if (!connection || connection.isClosed() || connection.isDraining()) return;
    try {
      connection.publish(noticeSubject(this.context.hostName, name), JSON.stringify(body), { reply: this.echo(connection) });
    } catch (error) {
      this.context.logger.debug({ notice: name, err: error }, 'A notice could not be sent');
    }
  }

  private async exchange(name: RequestNotice, body: string): Promise<unknown> {
    const connection = this.server.engineConnection;
    if (!connection) throw new EngineUnavailableError('there is no connection to NATS yet');
    try {
      const reply = await connection.request(noticeSubject(this.context.hostName, name), body, { timeout: REQUEST_TIMEOUT_MS });
      return reply.json<unknown>();
    } catch (cause) {
      throw new EngineUnavailableError(`the engine does not answer '${name}'`, { cause });
    }
  }

  /** An inbox that only hears NATS say "no responders": the cheapest way to learn that the engine is away. */
  private echo(connection: NatsConnection): string {
    if (this.inbox) return this.inbox;
    const inbox = createInbox(`_INBOX.${this.context.hostName}`);
    connection.subscribe(inbox, { callback: (_error, message) => this.hear(message) });
    this.inbox = inbox;
    return inbox;
  }

  private hear(message: Msg): void {
    if (message.headers?.code === NO_RESPONDERS) this.emit('engineAway');
  }
}
