import {
  AgentError,
  type Answer,
  CORRELATION_HEADER,
  type NoticeName,
  type NoticeRequest,
  hostOfNotice,
  noticeSubject,
  notices,
} from '@clinker/agent-protocol';
import { type Logger, withLogContext } from '@clinker/logging';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { Msg, NatsConnection } from 'nats';
import { LOGGER } from '../logger';
import { HostSecretsService } from '../volume-providers/host-secrets.service';
import { HostMembershipService } from './host-membership.service';
import { HostConnection } from './host.connection';

/** Several engines share the notices: each goes to one of them. */
const QUEUE = 'engine';

type Act<N extends NoticeName> = (hostName: string, body: NoticeRequest<N>) => Promise<unknown>;

function parse<N extends NoticeName>(name: N, message: Msg): NoticeRequest<N> {
  try {
    return notices[name].request.parse(message.json()) as NoticeRequest<N>;
  } catch (cause) {
    throw new AgentError('invalid_request', `The notice '${name}' is not what this engine expects.`, { cause });
  }
}

/** Listens to what hosts tell and ask. The host's name is taken from the subject, which NATS lets only that host use. */
@Injectable()
export class HostNoticesListener implements OnApplicationBootstrap {
  constructor(
    private readonly connection: HostConnection,
    private readonly membership: HostMembershipService,
    private readonly secrets: HostSecretsService,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Does not wait for NATS: the API works without it. */
  onApplicationBootstrap(): void {
    this.connection.nats.then(
      (nats) => this.listen(nats),
      (error: unknown) => this.log.error({ err: error }, 'Hosts cannot be heard: there is no connection to NATS'),
    );
  }

  private listen(nats: NatsConnection): void {
    this.on(nats, 'joined', (host, body) => this.membership.join(host, body));
    this.on(nats, 'secrets-wanted', async (host) => this.secrets.secretSetFor(await this.membership.idOf(host)));
    this.on(nats, 'heartbeat', (host, body) => this.membership.beat(host, body));
    this.on(nats, 'guest', async (host, body) => this.membership.guestTold(host, body));
    this.on(nats, 'domain', async (host, body) => this.membership.domainChanged(host, body));
  }

  private on<N extends NoticeName>(nats: NatsConnection, name: N, act: Act<N>): void {
    nats.subscribe(noticeSubject('*', name), {
      queue: QUEUE,
      callback: (error, message) => {
        if (error) this.log.error({ err: error, notice: name }, 'A notice of hosts cannot be heard');
        else void this.receive(name, message, act);
      },
    });
  }

  private async receive<N extends NoticeName>(name: N, message: Msg, act: Act<N>): Promise<void> {
    const correlationId = message.headers?.get(CORRELATION_HEADER) || randomUUID();
    const answer = await withLogContext({ correlationId }, () => this.answer(name, message, act));
    if (message.reply) message.respond(JSON.stringify(answer));
  }

  private async answer<N extends NoticeName>(name: N, message: Msg, act: Act<N>): Promise<Answer> {
    try {
      return { ok: true, value: (await act(hostOfNotice(message.subject), parse(name, message))) ?? null };
    } catch (error) {
      this.log.warn({ err: error, subject: message.subject }, 'A notice of a host could not be handled');
      const known = error instanceof AgentError ? error : new AgentError('internal', `The engine could not handle '${name}'; see its log.`);
      return { ok: false, error: known.toBody() };
    }
  }
}
