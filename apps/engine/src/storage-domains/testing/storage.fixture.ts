import { HttpProxy } from '@clinker/testing';
import type { ModuleMetadata } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { CinderModule } from '../../cinder/cinder.module';
import { ClustersModule } from '../../clusters/clusters.module';
import { DataCentersModule } from '../../data-centers/data-centers.module';
import { Event } from '../../events/event.entity';
import { HostConnectionModule } from '../../hosts/host-connection.module';
import { RunningEngine } from '../../testing/running-engine';
import { VolumeProvidersModule } from '../../volume-providers/volume-providers.module';
import { StorageDomain } from '../storage-domain.entity';
import { StorageDomainsModule } from '../storage-domains.module';

/** A setting of the lab's environment. */
export const lab = (name: string): string => process.env[name] ?? '';

/** The elements of a provider of the lab's Cinder in its XML; undefined leaves one out. */
export function providerXml(changes: Record<string, string | undefined> = {}): string {
  const elements = {
    name: `p-${randomUUID()}`,
    authentication_url: lab('OS_AUTH_URL'),
    requires_authentication: 'true',
    username: lab('LAB_CINDER_USER'),
    password: lab('LAB_CINDER_PASSWORD'),
    tenant_name: lab('LAB_CINDER_PROJECT'),
    ...changes,
  };
  const parts = Object.entries(elements).flatMap(([name, value]) => (value === undefined ? [] : [`<${name}>${value}</${name}>`]));
  return `<openstack_volume_provider>${parts.join('')}</openstack_volume_provider>`;
}

/** The parts of an engine that have to do with storage, and proxies before Keystone and Cinder. */
export class StorageFixture {
  private constructor(
    readonly engine: RunningEngine,
    readonly keystone: HttpProxy,
    readonly cinder: HttpProxy,
  ) {}

  /** @param more modules beside those of storage */
  static async start(more: NonNullable<ModuleMetadata['imports']> = []): Promise<StorageFixture> {
    const modules = [CinderModule, HostConnectionModule, DataCentersModule, ClustersModule, VolumeProvidersModule, StorageDomainsModule];
    const keystone = await HttpProxy.start(new URL(lab('OS_AUTH_URL')).origin);
    const cinder = await HttpProxy.start(new URL(lab('CINDER_URL')).origin);
    return new StorageFixture(await RunningEngine.start([...modules, ...more]), keystone, cinder);
  }

  /** The domain of a provider. */
  domainOf(providerId: string): Promise<StorageDomain> {
    return this.engine.db.findOneByOrFail(StorageDomain, { providerId });
  }

  /** The newest events, newest first. */
  events(take = 1): Promise<Event[]> {
    return this.engine.db.find(Event, { order: { id: 'DESC' }, take });
  }

  /** Ends the disturbances. */
  calm(): void {
    this.keystone.reset();
    this.cinder.reset();
  }

  async close(): Promise<void> {
    await this.engine.close();
    await Promise.all([this.keystone.close(), this.cinder.close()]);
  }
}
