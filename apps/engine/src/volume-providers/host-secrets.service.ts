import { SECRET_USAGE_PREFIX, type SecretDefinition, type SecretSet } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { setTimeout } from 'node:timers/promises';
import { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { Installation } from '../database/installation.entity';
import { SecretBox } from '../encryption/secret-box';
import { Host } from '../hosts/host.entity';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { keyPlace } from './authentication-key.place';
import { AuthenticationKey } from './authentication-key.entity';

/** How long (ms) a change of a key waits for the hosts. */
const SHARE_WITHIN_MS = 3_000;

/** What secrets hosts shall have: the authentication keys of the volume providers whose domain is active, or would be if its Cinder answered, in the host's data center. */
@Injectable()
export class HostSecretsService {
  private sharing: () => Promise<void> = () => Promise.resolve();

  constructor(
    private readonly db: EntityManager,
    private readonly secrets: SecretBox,
  ) {}

  /**
   * All secrets that a host shall have now, with their values. A host that does not exist shall have none.
   * The version is read first, so the set is at least as new as its version says.
   * @throws SealBrokenError
   */
  async secretSetFor(hostId: string): Promise<SecretSet> {
    const version = await this.version();
    const keys = await this.keysFor(hostId);
    return { version, secrets: keys.map((key) => this.definition(key)) };
  }

  /** The uuids of {@link secretSetFor}, without opening a value. */
  async secretUuidsFor(hostId: string): Promise<string[]> {
    return (await this.keysFor(hostId)).map(({ id }) => id);
  }

  /** Grows with every change of what any host shall have. */
  async version(): Promise<number> {
    const [installation] = await this.db.find(Installation, { take: 1 });
    return installation?.secretsVersion ?? 0;
  }

  /** Notes that the secrets of some hosts have changed. Belongs to the transaction of the change. */
  async bump(tx: EntityManager): Promise<void> {
    await tx
      .createQueryBuilder()
      .update(Installation)
      .set({ secretsVersion: () => 'secrets_version + 1' })
      .execute();
  }

  /** Says what brings the secrets to the hosts: the reconciler, which alone may speak to them. It must not throw. */
  sharedBy(share: () => Promise<void>): void {
    this.sharing = share;
  }

  /** Waits a moment for the hosts to have a change that is committed: a VM that needs the key may be started next. */
  async share(): Promise<void> {
    await Promise.race([this.sharing(), setTimeout(SHARE_WITHIN_MS, undefined, { ref: false })]);
  }

  private keysFor(hostId: string): Promise<AuthenticationKey[]> {
    return this.db
      .createQueryBuilder(AuthenticationKey, 'key')
      .innerJoin(StorageDomain, 'domain', "domain.provider_id = key.provider_id AND domain.status IN ('active', 'activating', 'inactive')")
      .innerJoin(Cluster, 'cluster', 'cluster.data_center_id = domain.data_center_id')
      .innerJoin(Host, 'host', 'host.cluster_id = cluster.id')
      .where('host.id = :hostId', { hostId })
      .orderBy('key.id')
      .getMany();
  }

  private definition({ id, providerId, usageType, description, valueSealed }: AuthenticationKey): SecretDefinition {
    const value = this.secrets.open(valueSealed, keyPlace(id));
    return { uuid: id, usageType, usageName: `${SECRET_USAGE_PREFIX}${providerId}/${id}`, description, value };
  }
}
