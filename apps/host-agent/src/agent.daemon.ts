import type { Logger } from '@clinker/logging';
import { readSecretFile } from '@clinker/settings';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type ConnectionOptions, nkeyAuthenticator } from 'nats';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentContext } from './agent.context';
import type { AgentSettings } from './agent.settings';
import { HostAgentModule } from './host-agent.module';
import { MembershipService } from './host/membership.service';
import { HostNatsServer } from './transport/host-nats.server';
import { NestLogger } from './transport/nest.logger';
import { RethrowFilter } from './transport/rethrow.filter';
import { RbdImageInspector } from './volumes/rbd-image.inspector';

/** The running agent: from its start until `stop` has answered every command. */
export class AgentDaemon {
  private constructor(
    private readonly microservice: INestMicroservice,
    /** Settles when the connection to NATS is closed for good: by `stop`, or because the client gave up. */
    readonly ended: Promise<void>,
  ) {}

  /** Waits for NATS for as long as it takes; joining at the engine goes on behind it. */
  static async start(settings: AgentSettings, logger: Logger): Promise<AgentDaemon> {
    await rm(join(settings.CLINKER_RUN_FOLDER, 'ready'), { force: true });
    const server = new HostNatsServer({ hostName: settings.CLINKER_HOST_NAME, logger, connection: connectionOptions(settings) });
    const module = HostAgentModule.with(new AgentContext(settings, logger, randomUUID()), server);
    const microservice = await NestFactory.createMicroservice(module, {
      strategy: server,
      logger: new NestLogger(logger),
      abortOnError: false,
    });
    microservice.useGlobalFilters(new RethrowFilter());
    await microservice.get(RbdImageInspector).clear();
    await microservice.listen();
    microservice.get(MembershipService).start();
    return new AgentDaemon(microservice, server.ended());
  }

  async stop(): Promise<void> {
    await this.microservice.close();
  }
}

function connectionOptions(settings: AgentSettings): ConnectionOptions {
  const seed = new TextEncoder().encode(readSecretFile(settings.NATS_NKEY_SEED_FILE));
  return {
    servers: settings.NATS_URL,
    authenticator: nkeyAuthenticator(seed),
    ...(settings.NATS_URL.startsWith('tls:') ? { tls: settings.NATS_CA ? { caFile: settings.NATS_CA } : {} } : {}),
  };
}
