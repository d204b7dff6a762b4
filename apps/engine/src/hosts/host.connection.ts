import { inboxPrefix } from '@clinker/agent-protocol';
import type { Logger } from '@clinker/logging';
import { readSecretFile } from '@clinker/settings';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Events, type NatsConnection, connect, nkeyAuthenticator } from 'nats';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { LOGGER } from '../logger';

/** How long (ms) the end of the engine waits for it. */
const DRAIN_MS = 2_000;

/** The engine's one connection to NATS: TLS, its nkey, its own inboxes; comes back by itself for ever. */
@Injectable()
export class HostConnection implements OnApplicationShutdown {
  readonly nats: Promise<NatsConnection>;
  private opened: NatsConnection | undefined;

  constructor(
    @Inject(ENGINE_SETTINGS) settings: EngineSettings,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    this.nats = this.open(settings);
    this.nats.catch(() => undefined);
  }

  /** Lets messages under way go out. A NATS that was never reached, or is away, must not hold the engine up. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.opened) return;
    const drained = this.opened.drain().catch(() => undefined);
    await Promise.race([drained, pause(DRAIN_MS, undefined, { ref: false })]);
  }

  private async open(settings: EngineSettings): Promise<NatsConnection> {
    const nats = await connect({
      servers: settings.NATS_URL,
      name: 'engine',
      inboxPrefix: inboxPrefix('engine'),
      authenticator: nkeyAuthenticator(new TextEncoder().encode(readSecretFile(settings.NATS_NKEY_SEED_FILE))),
      tls: { ca: readFileSync(settings.NATS_CA, 'utf8') },
      maxReconnectAttempts: -1,
      waitOnFirstConnect: true,
      reconnectTimeWait: 500,
    });
    this.opened = nats;
    void this.report(nats);
    return nats;
  }

  private async report(nats: NatsConnection): Promise<void> {
    for await (const status of nats.status()) {
      const type: string = status.type;
      if (type === String(Events.Disconnect)) this.log.warn('The connection to NATS is lost');
      if (type === String(Events.Reconnect)) this.log.info('The connection to NATS is back');
    }
  }
}
