import type { Capabilities } from '@clinker/agent-protocol';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AgentContext } from '../agent.context';
import { SecretsService } from '../secrets/secrets.service';
import { EngineLink } from '../transport/engine.link';
import { CapabilitiesService } from './capabilities.service';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;

/**
 * This host's membership: it joins at the engine until that succeeds, and again when something changed (libvirt came back, NATS came back,
 * the engine was away, the connector properties or the bridges are others), and sends the heartbeat.
 */
@Injectable()
export class MembershipService implements OnModuleDestroy {
  private readonly stopping = new AbortController();
  private joining = false;
  private joinAgain = false;
  private joinedAs = '';
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    private readonly context: AgentContext,
    private readonly engine: EngineLink,
    private readonly capabilities: CapabilitiesService,
    private readonly secrets: SecretsService,
  ) {}

  /** Begins to join. Called when the commands can be heard. */
  start(): void {
    this.engine.on('reconnected', () => this.join('NATS came back'));
    this.engine.on('engineAway', () => (this.joining ? undefined : this.join('the engine was away')));
    this.capabilities.on('changed', () => this.join('libvirt came back'));
    this.join('start');
  }

  onModuleDestroy(): void {
    this.stopping.abort();
    clearTimeout(this.heartbeat);
  }

  /** Two reasons at once make one more join after the running one, not two joins side by side. */
  private join(reason: string): void {
    this.joinAgain = true;
    if (this.joining || this.stopping.signal.aborted) return;
    this.joining = true;
    this.context.logger.info({ reason }, 'Joining');
    void this.joinUntilDone();
  }

  private async joinUntilDone(): Promise<void> {
    let wait = FIRST_RETRY_MS;
    while (this.joinAgain && !this.stopping.signal.aborted) {
      this.joinAgain = false;
      if (await this.tryToJoin()) continue;
      this.joinAgain = true;
      await delay(wait * (0.75 + Math.random() / 2), undefined, { signal: this.stopping.signal }).catch(() => undefined);
      wait = Math.min(wait * 2, LONGEST_RETRY_MS);
    }
    this.joining = false;
  }

  private async tryToJoin(): Promise<boolean> {
    try {
      const capabilities = await this.capabilities.describe();
      const { heartbeatMs } = await this.engine.request('joined', { ...capabilities, agentRunId: this.context.runId });
      this.joinedAs = told(capabilities);
      await this.secrets.refresh();
      await this.joined(heartbeatMs);
      return true;
    } catch (error) {
      this.context.logger.warn({ reason: error instanceof Error ? error.message : String(error) }, 'The host could not join yet');
      return false;
    }
  }

  private async joined(heartbeatMs: number): Promise<void> {
    await mkdir(this.context.settings.CLINKER_RUN_FOLDER, { recursive: true });
    await writeFile(join(this.context.settings.CLINKER_RUN_FOLDER, 'ready'), `${this.context.runId}\n`);
    this.context.logger.info({ heartbeatMs }, 'Joined');
    this.beat(heartbeatMs);
  }

  private beat(everyMs: number): void {
    clearTimeout(this.heartbeat);
    if (this.stopping.signal.aborted) return;
    void this.sendHeartbeat().catch((error: unknown) => this.context.logger.warn({ err: error }, 'A heartbeat could not be made'));
    this.heartbeat = setTimeout(() => this.beat(everyMs), everyMs);
  }

  private async sendHeartbeat(): Promise<void> {
    const [pulse, now] = await Promise.all([this.capabilities.pulse(), this.capabilities.changeable()]);
    const { version, uuids } = this.secrets.present;
    this.engine.tell('heartbeat', { ...pulse, agentRunId: this.context.runId, secretsVersion: version, secretUuids: uuids });
    if (told(now) !== this.joinedAs) this.join('the connector properties or the bridges changed');
  }
}

/** What of the host must be told again when it changes. */
const told = ({ connector, bridges }: Pick<Capabilities, 'connector' | 'bridges'>): string => JSON.stringify([connector, bridges]);
