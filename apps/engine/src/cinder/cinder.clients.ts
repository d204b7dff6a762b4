import { CinderClient, VolumeWatcher } from '@clinker/cinder';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { SecretBox } from '../encryption/secret-box';
import { NotFoundError } from '../errors/domain.errors';
import { VolumeProvider } from '../volume-providers/volume-provider.entity';
import { accountOf } from './cinder.account';

interface Known {
  readonly version: number;
  readonly client: CinderClient;
  readonly watcher: VolumeWatcher;
}

/** Running requests are finished, new ones go another way. Who waits by the old watcher looks again by itself. */
async function giveUp({ watcher, client }: Known): Promise<void> {
  watcher.close();
  await client.close();
}

/**
 * One client and one watcher for each provider, made anew when the provider's account changes. For sagas and reconcilers;
 * who only looks asks CinderReaders.
 */
@Injectable()
export class CinderClients implements OnApplicationShutdown {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly db: EntityManager,
    private readonly secrets: SecretBox,
  ) {}

  /** @throws NotFoundError */
  async client(providerId: string): Promise<CinderClient> {
    return (await this.of(providerId)).client;
  }

  /** The provider's shared watcher of pending volumes. @throws NotFoundError */
  async watcher(providerId: string): Promise<VolumeWatcher> {
    return (await this.of(providerId)).watcher;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.known.values()].map(giveUp));
  }

  private async of(providerId: string): Promise<Known> {
    const provider = await this.db.findOneBy(VolumeProvider, { id: providerId });
    if (!provider) throw new NotFoundError('Volume provider', providerId);
    const known = this.known.get(providerId);
    if (known?.version === provider.version) return known;
    const client = new CinderClient(accountOf(provider, this.secrets));
    const made = { version: provider.version, client, watcher: new VolumeWatcher(client) };
    this.known.set(providerId, made);
    if (known) void giveUp(known);
    return made;
  }
}
