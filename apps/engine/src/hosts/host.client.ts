import {
  AgentError,
  CORRELATION_HEADER,
  type CommandName,
  type CommandReply,
  type CommandRequest,
  ENGINE_PATIENCE_MS,
  answerSchema,
  commandSubject,
  commands,
} from '@clinker/agent-protocol';
import { logContext } from '@clinker/logging';
import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { ErrorCode, type NatsConnection, NatsError, headers } from 'nats';
import { EntityManager } from 'typeorm';
import { answerOfFenced } from './fenced-host.answers';
import { HostConnection } from './host.connection';
import { HostFence } from './host-fence.entity';
import { HostUnreachableError } from './host.errors';

const NATS_IS_AWAY = 'NATS does not answer.';

const context = () => {
  const sent = headers();
  const { correlationId } = logContext();
  if (correlationId) sent.set(CORRELATION_HEADER, correlationId);
  return sent;
};

async function request(nats: NatsConnection, hostName: string, command: CommandName, body: unknown): Promise<unknown> {
  try {
    const message = await nats.request(commandSubject(hostName, command), JSON.stringify(body), {
      timeout: ENGINE_PATIENCE_MS,
      headers: context(),
    });
    return message.json();
  } catch (cause) {
    const silent = cause instanceof NatsError && cause.code === String(ErrorCode.NoResponders);
    throw new HostUnreachableError(`Host ${hostName} ${silent ? 'is not connected' : 'did not answer'}.`, { cause });
  }
}

/** Gives commands to hosts. Only sagas and reconcilers may, what opens displays, and what measures guests: everybody else looks at the database. */
@Injectable()
export class HostClient {
  constructor(
    private readonly db: EntityManager,
    private readonly connection: HostConnection,
  ) {}

  /**
   * Sends one command and waits for its answer. Commands are "ensure": after HostUnreachableError it may be sent again.
   * For a host that was confirmed to be off its fence answers, whether somebody is there or not.
   * @throws HostUnreachableError, AgentError, BackendError
   */
  async send<C extends CommandName>(hostName: string, command: C, body: CommandRequest<C>): Promise<CommandReply<C>> {
    if (await this.db.existsBy(HostFence, { hostName })) return answerOfFenced(hostName, command, body);
    return this.ask(hostName, command, body);
  }

  /** {@link send}, to who really is there. @throws HostUnreachableError, AgentError */
  async ask<C extends CommandName>(hostName: string, command: C, body: CommandRequest<C>): Promise<CommandReply<C>> {
    const nats = await this.nats();
    const answer = answerSchema.parse(await request(nats, hostName, command, body));
    if (!answer.ok) throw new AgentError(answer.error.code, answer.error.message);
    return commands[command].reply.parse(answer.value) as CommandReply<C>;
  }

  /**
   * Whether nobody answers for this host. NATS itself must answer: its silence proves nothing about a host.
   * @throws HostUnreachableError if NATS is away
   */
  async isSilent(hostName: string): Promise<boolean> {
    await this.requireNats();
    try {
      await this.ask(hostName, 'inventory', {});
      return false;
    } catch (error) {
      if (!(error instanceof HostUnreachableError)) return false;
    }
    await this.requireNats();
    return true;
  }

  private async requireNats(): Promise<void> {
    const answered = (await this.nats()).rtt().then(() => true);
    const given = pause(ENGINE_PATIENCE_MS, false, { ref: false });
    if (!(await Promise.race([answered.catch(() => false), given]))) throw new HostUnreachableError(NATS_IS_AWAY);
  }

  /** An engine that was started without NATS must say so, and must be able to end, too. */
  private async nats(): Promise<NatsConnection> {
    const nats = await this.connection.within(ENGINE_PATIENCE_MS);
    if (!nats) throw new HostUnreachableError(NATS_IS_AWAY);
    return nats;
  }
}
