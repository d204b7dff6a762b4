import { AgentError, SECRET_USAGE_PREFIX, type SecretDefinition, type SecretSet } from '@clinker/agent-protocol';
import { LibvirtConnectionError, LibvirtError, LibvirtErrorCode, type Secret } from '@clinker/libvirt';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AgentContext } from '../agent.context';
import { LibvirtLink } from '../libvirt/libvirt.link';
import { EngineLink, EngineRefusedError, EngineUnavailableError } from '../transport/engine.link';
import { secretXml } from './secret.xml';

export interface PresentSecrets {
  readonly version: number | null;
  readonly uuids: string[];
}

/**
 * The secrets that this host shall have. The engine owns the set; here it is kept in memory only, and set in libvirt again whenever libvirt
 * may have lost it. `key` is the gate of every start and plug: it opens when libvirt has the secret.
 */
@Injectable()
export class SecretsService implements OnModuleInit {
  private wanted: SecretSet | null = null;
  private atLibvirt: PresentSecrets = { version: null, uuids: [] };
  private stale = true;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly libvirt: LibvirtLink,
    private readonly engine: EngineLink,
    private readonly context: AgentContext,
  ) {}

  onModuleInit(): void {
    this.libvirt.on('connected', () => {
      this.stale = true;
      void this.settle().catch((error: unknown) => this.context.logger.warn({ err: error }, 'The secrets could not be set yet'));
    });
  }

  /** Our secrets that libvirt has, by the last look. */
  get present(): PresentSecrets {
    return this.atLibvirt;
  }

  /**
   * Makes the host's secrets exactly these, unless a newer set is known already, and gives the uuids of ours that libvirt then has.
   * @throws LibvirtError, LibvirtConnectionError; the set is kept and tried again when libvirt is back
   */
  async apply(set: SecretSet): Promise<string[]> {
    if (this.wanted && set.version < this.wanted.version) {
      this.context.logger.info({ version: set.version, known: this.wanted.version }, 'An older set of secrets was passed over');
    } else {
      this.wanted = set;
      this.stale = true;
    }
    await this.settle();
    return this.atLibvirt.uuids;
  }

  /**
   * Asks the engine for the set. That libvirt is away is no failure here: it gets the set when it comes back.
   * @throws EngineUnavailableError, EngineRefusedError
   */
  async refresh(): Promise<void> {
    const set = await this.engine.request('secrets-wanted', { agentRunId: this.context.runId });
    try {
      await this.apply(set);
    } catch (error) {
      if (!(error instanceof LibvirtConnectionError) && !(error instanceof LibvirtError)) throw error;
      this.context.logger.warn({ err: error }, 'The secrets could not be set yet');
    }
  }

  /**
   * The key of a secret, in base64, once libvirt has it. A secret that is not known is asked for once more.
   * @throws AgentError `secret_missing`; LibvirtError, LibvirtConnectionError
   */
  async key(uuid: string): Promise<string> {
    if (!this.find(uuid)) await this.askOnceMore();
    const secret = this.find(uuid);
    if (!secret) throw new AgentError('secret_missing', `the secret ${uuid} is unknown to this host and to the engine`);
    await this.settle();
    return secret.value;
  }

  /** The uuids of our secrets that libvirt has now. */
  async list(): Promise<string[]> {
    return (await this.libvirt.secrets.list()).filter(isOurs).map((secret) => secret.uuid);
  }

  /** Sets everything once more before the next use: libvirt was seen without a secret that it should have. */
  distrust(): void {
    this.stale = true;
  }

  private find(uuid: string): SecretDefinition | undefined {
    return this.wanted?.secrets.find((secret) => secret.uuid === uuid);
  }

  private async askOnceMore(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      if (!(error instanceof EngineUnavailableError) && !(error instanceof EngineRefusedError)) throw error;
      this.context.logger.warn({ reason: error.message }, 'The engine could not be asked for its secrets');
    }
  }

  /** One after the other: the later one finds nothing left to do, or a newer set. */
  private settle(): Promise<void> {
    const next = this.turn.then(() => this.bringToLibvirt());
    this.turn = next.catch(() => undefined);
    return next;
  }

  private async bringToLibvirt(): Promise<void> {
    const set = this.wanted;
    if (!this.stale || !set) return;
    this.stale = false;
    try {
      await this.removeUnwanted(set.secrets);
      for (const secret of set.secrets) await this.set(secret);
      this.atLibvirt = { version: set.version, uuids: await this.list() };
      this.context.logger.info({ version: set.version, count: this.atLibvirt.uuids.length }, 'The secrets are set');
    } catch (error) {
      this.stale = true;
      throw error;
    }
  }

  private async set(secret: SecretDefinition): Promise<void> {
    await this.libvirt.secrets.define(secretXml(secret));
    await this.libvirt.secrets.setValue(secret.uuid, Buffer.from(secret.value, 'base64'));
  }

  /**
   * Removes ours that are not wanted, and whatever has a wanted uuid for another usage: libvirt ties the two together for good.
   * What belongs to others stays, and one that does not go keeps no other from going.
   */
  private async removeUnwanted(wanted: readonly SecretDefinition[]): Promise<void> {
    const usages = new Map(wanted.map((secret) => [secret.uuid, secret.usageName]));
    for (const secret of await this.libvirt.secrets.list()) {
      const usage = usages.get(secret.uuid);
      if (usage === undefined ? isOurs(secret) : usage !== secret.usageId) await this.remove(secret);
    }
  }

  private async remove(secret: Secret): Promise<void> {
    try {
      await this.libvirt.secrets.undefine(secret.uuid);
      this.context.logger.info({ uuid: secret.uuid, usage: secret.usageId }, 'A secret was removed');
    } catch (error) {
      if (!(error instanceof LibvirtError)) throw error;
      if (LibvirtError.is(error, LibvirtErrorCode.NO_SECRET)) return;
      this.context.logger.warn({ uuid: secret.uuid, err: error }, 'A secret could not be removed');
    }
  }
}

const isOurs = (secret: Secret): boolean => secret.usageId.startsWith(SECRET_USAGE_PREFIX);
