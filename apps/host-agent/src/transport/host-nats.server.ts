import { type Answer, CORRELATION_HEADER, ENGINE_PATIENCE_MS, commandSubject, commands, inboxPrefix } from '@clinker/agent-protocol';
import { type Logger, withLogContext } from '@clinker/logging';
import { ServerNats } from '@nestjs/microservices';
import { type ConnectionOptions, type Msg, type NatsConnection, type Subscription, connect } from 'nats';
import { isObservable, lastValueFrom } from 'rxjs';
import { z } from 'zod';
import { invalidRequest, parseRequest } from './command.parsing';
import { toAgentError } from './agent-error.translation';

const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/;
/** How often (ms) the log says that there is no connection yet. */
const REMINDER_MS = 10_000;
const operationSchema = z.object({ operationId: z.string().max(128) });

export interface HostNatsOptions {
  readonly hostName: string;
  readonly logger: Logger;
  readonly connection: ConnectionOptions;
}

/**
 * Nest's NATS transport for one host of the engine-agent contract. It differs from `ServerNats` in this:
 * handlers are named by command and listen on the host's own subjects; the wire is the contract's envelope and nothing else; what does not fit
 * the contract is answered with `invalid_request` and never ends the process; `close` waits for the commands that run and delivers their
 * answers (Nest's own grace period only sleeps).
 */
export class HostNatsServer extends ServerNats {
  private readonly inFlight = new Set<Promise<void>>();
  private connection: NatsConnection | undefined;
  private subscription: Subscription | undefined;

  constructor(private readonly host: HostNatsOptions) {
    super({});
  }

  /** The connection, once the server listens and until it closes. */
  get engineConnection(): NatsConnection | undefined {
    return this.connection;
  }

  /** Settles when the connection is closed for good. */
  async ended(): Promise<void> {
    const error = await this.connection?.closed();
    if (error) this.host.logger.error({ err: error }, 'The connection to NATS is closed');
  }

  /** Waits for the NATS server for as long as it takes, and comes back to it for ever. */
  override async createNatsClient(): Promise<NatsConnection> {
    const { logger } = this.host;
    const reminder = setInterval(() => logger.warn('NATS is away, or does not know this host; the agent goes on trying'), REMINDER_MS);
    this.connection = await connect(this.connectionOptions()).finally(() => clearInterval(reminder));
    return this.connection;
  }

  private connectionOptions(): ConnectionOptions {
    return {
      name: `clinker-host-agent ${this.host.hostName}`,
      inboxPrefix: inboxPrefix({ host: this.host.hostName }),
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      waitOnFirstConnect: true,
      ignoreAuthErrorAbort: true,
      pingInterval: 10_000,
      ...this.host.connection,
    };
  }

  /** One subscription for all commands, so that one that this version does not know is answered as well. */
  override bindEvents(connection: NatsConnection): void {
    const callback = (error: Error | null, message: Msg): void => {
      if (error) this.host.logger.error({ err: error }, 'The subscription to the commands failed');
      else void this.handleMessage(message.subject, message);
    };
    this.subscription = connection.subscribe(commandSubject(this.host.hostName, '*'), { callback });
  }

  override handleMessage(_channel: string, message: Msg): Promise<void> {
    const work = withLogContext(contextOf(message), () => this.answer(message)).finally(() => this.inFlight.delete(work));
    this.inFlight.add(work);
    return work;
  }

  /** Takes no new commands, lets the running ones answer, and ends the connection. */
  override async close(): Promise<void> {
    const { connection, subscription } = this;
    this.connection = undefined;
    this.subscription = undefined;
    if (!connection) return;
    await subscription?.drain().catch(() => undefined);
    await this.settled();
    await connection.drain().catch(() => undefined);
  }

  private async settled(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, ENGINE_PATIENCE_MS)));
    await Promise.race([Promise.allSettled([...this.inFlight]), patience]);
    clearTimeout(timer);
  }

  private async answer(message: Msg): Promise<void> {
    const command = message.subject.split('.').at(-1) ?? '';
    const answer = await this.answerOf(command, message);
    if (!message.reply) return;
    try {
      message.respond(JSON.stringify(answer));
    } catch (error) {
      this.host.logger.warn({ command, err: error }, 'The answer to a command could not be sent');
    }
  }

  private async answerOf(command: string, message: Msg): Promise<Answer> {
    const started = performance.now();
    try {
      const value = await this.perform(command, message);
      this.host.logger.debug({ command, ms: Math.round(performance.now() - started) }, 'Command answered');
      return { ok: true, value };
    } catch (error) {
      const translated = toAgentError(error);
      const facts = { command, code: translated.code, ms: Math.round(performance.now() - started) };
      if (translated.code === 'internal') this.host.logger.error({ ...facts, err: error }, 'Command failed by a fault of the agent');
      else this.host.logger.warn({ ...facts, reason: translated.message }, 'Command refused');
      return { ok: false, error: translated.toBody() };
    }
  }

  private async perform(name: string, message: Msg): Promise<unknown> {
    const { command, request } = parseRequest(name, message.data);
    const handler = this.messageHandlers.get(command);
    if (!handler) throw invalidRequest(`this host-agent has no command '${command}'`);
    const work = async (): Promise<unknown> => {
      const result: unknown = await handler(request);
      return isObservable(result) ? lastValueFrom(result) : result;
    };
    const operation = operationSchema.safeParse(request);
    return commands[command].reply.parse(await (operation.success ? withLogContext(operation.data, work) : work()));
  }
}

function contextOf(message: Msg): { correlationId?: string } {
  const correlationId = message.headers?.get(CORRELATION_HEADER);
  return correlationId && CORRELATION_ID.test(correlationId) ? { correlationId } : {};
}
