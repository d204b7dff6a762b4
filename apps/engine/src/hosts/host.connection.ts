import { inboxPrefix } from '@clinker/agent-protocol';
import type { Logger } from '@clinker/logging';
import { readSecretFile } from '@clinker/settings';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type ConnectionOptions, Events, type NatsConnection, connect, nkeyAuthenticator } from 'nats';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { LOGGER } from '../logger';

/** How long (ms) the end of the engine waits for it. */
const DRAIN_MS = 2_000;

/** How long (ms) after a failure NATS is tried again. */
const RETRY_MS = 500;

/** The engine's one connection to NATS: TLS, its nkey, its own inboxes; comes back by itself for ever. */
@Injectable()
export class HostConnection implements OnApplicationShutdown {
  readonly nats: Promise<NatsConnection>;
  private opened: NatsConnection | undefined;
  private isEnding = false;

  constructor(
    @Inject(ENGINE_SETTINGS) settings: EngineSettings,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    this.nats = this.open(settings);
    this.nats.catch(() => undefined);
  }

  /** The connection, or undefined if there has been none yet and none comes within this time (ms). */
  within(milliseconds: number): Promise<NatsConnection | undefined> {
    if (this.opened) return Promise.resolve(this.opened);
    return Promise.race([this.nats, pause(milliseconds, undefined, { ref: false })]);
  }

  /** Lets messages under way go out. A NATS that was never reached, or is away, must not hold the engine up. */
  async onApplicationShutdown(): Promise<void> {
    this.isEnding = true;
    if (!this.opened) return;
    const drained = this.opened.drain().catch(() => undefined);
    await Promise.race([drained, pause(DRAIN_MS, undefined, { ref: false })]);
  }

  private async open(settings: EngineSettings): Promise<NatsConnection> {
    const options = {
      servers: settings.NATS_URL,
      name: 'engine',
      inboxPrefix: inboxPrefix('engine'),
      authenticator: nkeyAuthenticator(new TextEncoder().encode(readSecretFile(settings.NATS_NKEY_SEED_FILE))),
      tls: { ca: readFileSync(settings.NATS_CA, 'utf8') },
      maxReconnectAttempts: -1,
      reconnectTimeWait: RETRY_MS,
    };
    this.opened = await this.reach(options);
    void this.report(this.opened);
    return this.opened;
  }

  /** Tries until there is a NATS, or for as long as the engine runs; the library itself could not be told to give up. */
  private async reach(options: ConnectionOptions): Promise<NatsConnection> {
    let said = '';
    while (!this.isEnding) {
      try {
        return await connect(options);
      } catch (error) {
        const { message } = error as Error;
        if (message !== said) this.log.warn({ reason: message }, 'NATS cannot be reached');
        said = message;
        await pause(RETRY_MS);
      }
    }
    return new Promise(() => undefined);
  }

  private async report(nats: NatsConnection): Promise<void> {
    for await (const status of nats.status()) {
      const type: string = status.type;
      if (type === String(Events.Disconnect)) this.log.warn('The connection to NATS is lost');
      if (type === String(Events.Reconnect)) this.log.info('The connection to NATS is back');
    }
  }
}
