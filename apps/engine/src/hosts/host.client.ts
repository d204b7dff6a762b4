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
import { ErrorCode, type NatsConnection, NatsError, headers } from 'nats';
import { HostConnection } from './host.connection';
import { HostUnreachableError } from './host.errors';

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

/** Gives commands to hosts. Only sagas and reconcilers may: everybody else looks at the database. */
@Injectable()
export class HostClient {
  constructor(private readonly connection: HostConnection) {}

  /**
   * Sends one command and waits for its answer. Commands are "ensure": after HostUnreachableError it may be sent again.
   * @throws HostUnreachableError, AgentError
   */
  async send<C extends CommandName>(hostName: string, command: C, body: CommandRequest<C>): Promise<CommandReply<C>> {
    const nats = await this.connection.nats;
    const answer = answerSchema.parse(await request(nats, hostName, command, body));
    if (!answer.ok) throw new AgentError(answer.error.code, answer.error.message);
    return commands[command].reply.parse(answer.value) as CommandReply<C>;
  }
}
