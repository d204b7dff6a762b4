import { type CommandRequest, commandSubject, commands, inboxPrefix } from '@clinker/agent-protocol';
import { readSecretFile } from '@clinker/settings';
import { randomUUID } from 'node:crypto';
import { EventEmitter, on } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NatsConnection, connect, nkeyAuthenticator } from 'nats';
import { CinderModule } from '../cinder/cinder.module';
import { Cluster } from '../clusters/cluster.entity';
import { ClustersModule } from '../clusters/clusters.module';
import { DataCenter } from '../data-centers/data-center.entity';
import { DataCentersModule } from '../data-centers/data-centers.module';
import { SecretBox } from '../encryption/secret-box';
import { HostConnectionModule } from '../hosts/host-connection.module';
import { HostSignals } from '../hosts/host-signals';
import { Host } from '../hosts/host.entity';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { StorageDomainsModule } from '../storage-domains/storage-domains.module';
import { RunningEngine } from '../testing/running-engine';
import { VolumeProvider } from './volume-provider.entity';
import { VolumeProvidersModule } from './volume-providers.module';

const lab = (name: string): string => process.env[name] ?? '';

/** A name of which the lab knows the nkey but runs no host: so it can be away. */
const HOST = 'host-9';

type SecretSet = CommandRequest<'ensure-secrets'>;

/** The other end of a host's subjects, over the real NATS. It remembers what it was given. */
class Peer extends EventEmitter<{ given: [set: SecretSet] }> {
  private nats: NatsConnection | undefined;

  async arrive(): Promise<void> {
    const seed = new TextEncoder().encode(readSecretFile(join(lab('LAB_FOLDER'), 'nkeys', `${HOST}.seed`)));
    const tls = { ca: readFileSync(lab('NATS_CA'), 'utf8') };
    this.nats = await connect({
      servers: lab('NATS_URL'),
      authenticator: nkeyAuthenticator(seed),
      inboxPrefix: inboxPrefix({ host: HOST }),
      tls,
    });
    this.nats.subscribe(commandSubject(HOST, 'ensure-secrets'), {
      callback: (_error, message) => {
        const set = commands['ensure-secrets'].request.parse(message.json());
        message.respond(JSON.stringify({ ok: true, value: { status: 'done', present: set.secrets.map(({ uuid }) => uuid) } }));
        this.emit('given', set);
      },
    });
    await this.nats.flush();
  }

  /** The next set that fits. */
  async given(fits: (set: SecretSet) => boolean): Promise<SecretSet> {
    for await (const [set] of on(this, 'given') as AsyncIterable<[SecretSet]>) if (fits(set)) return set;
    throw new Error('Nothing more is given');
  }

  async leave(): Promise<void> {
    await this.nats?.drain();
    this.nats = undefined;
  }
}

const peer = new Peer();
const providerId = randomUUID();
const keys = `/openstackvolumeproviders/${providerId}/authenticationkeys`;
const key = (uuid: string, value: string) =>
  `<openstack_volume_authentication_key><uuid>${uuid}</uuid><usage_type>ceph</usage_type><value>${value}</value></openstack_volume_authentication_key>`;
const uuidsOf = (set: SecretSet) => set.secrets.map(({ uuid }) => uuid).sort();

let engine: RunningEngine;

beforeAll(async () => {
  engine = await RunningEngine.start([
    CinderModule,
    HostConnectionModule,
    DataCentersModule,
    ClustersModule,
    VolumeProvidersModule,
    StorageDomainsModule,
  ]);
  await addActiveDomain();
  const { id: clusterId } = await engine.db.findOneByOrFail(Cluster, { name: 'Default' });
  const row = {
    id: randomUUID(),
    name: HOST,
    clusterId,
    comment: '',
    address: '192.0.2.9',
    status: 'up' as const,
    agentRunId: randomUUID(),
  };
  await engine.db.insert(Host, { ...row, capabilities: () => "'{}'", heartbeatAt: new Date(), memoryFreeBytes: 0, secretUuids: [] });
});

afterAll(async () => {
  await engine?.close();
  await peer.leave();
});

async function addActiveDomain(): Promise<void> {
  const { id: dataCenterId } = await engine.db.findOneByOrFail(DataCenter, { name: 'Default' });
  const passwordSealed = engine.get(SecretBox).seal('p', { table: 'volume_provider', id: providerId, column: 'password_sealed' });
  const account = {
    authenticationUrl: 'http://127.0.0.1:9',
    username: 'u',
    tenantName: 't',
    userDomainName: 'D',
    projectDomainName: 'D',
    passwordSealed,
  };
  await engine.db.insert(VolumeProvider, { id: providerId, name: 'ceph', requiresAuthentication: true, version: 1, ...account });
  const domain = { id: randomUUID(), name: 'ceph', type: 'volume' as const, storageType: 'cinder' as const, providerId, dataCenterId };
  await engine.db.insert(StorageDomain, { ...domain, status: 'active' });
}

const host = () => engine.db.findOneByOrFail(Host, { name: HOST });

describe('a host and its secrets', () => {
  const [first, second] = [randomUUID(), randomUUID()];

  it('gets them when it comes back, though it was away when they were made', async () => {
    expect((await engine.ask('POST', keys, key(first, 'QVFB'))).status).toBe(201);
    expect((await host()).secretUuids).toEqual([]);
    await peer.arrive();
    const given = peer.given((set) => set.secrets.length > 0);
    engine.get(HostSignals).emit('present', (await host()).id, 'back');
    expect((await given).secrets).toEqual([
      { uuid: first, usageType: 'ceph', usageName: `clinker/${providerId}/${first}`, description: '', value: 'QVFB' },
    ]);
  });

  it('has a new key before the request is answered, and counts as ready at once', async () => {
    const given = peer.given((set) => set.secrets.length === 2);
    expect((await engine.ask('POST', keys, key(second, 'QVFC'))).status).toBe(201);
    expect((await host()).secretUuids.sort()).toEqual([first, second].sort());
    expect(uuidsOf(await given)).toEqual([first, second].sort());
  });

  it('gets a changed value under the same uuid', async () => {
    const before = peer.given(() => true);
    await engine.ask('PUT', `${keys}/${second}`, key(second, 'QVFD'));
    expect((await before).secrets.find(({ uuid }) => uuid === second)?.value).toBe('QVFD');
  });

  it('is given them again when it reports that it lost one', async () => {
    const given = peer.given((set) => set.secrets.length === 2);
    await engine.db.update(Host, { name: HOST }, { secretUuids: [first] });
    expect(uuidsOf(await given)).toEqual([first, second].sort());
  });

  it('is given them again when its agent was started anew', async () => {
    const given = peer.given((set) => set.secrets.length === 2);
    await engine.db.update(Host, { name: HOST }, { agentRunId: randomUUID() });
    await given;
  });

  it('loses them when the domain goes into maintenance, also while it is in maintenance itself', async () => {
    const { id, dataCenterId } = await engine.db.findOneByOrFail(StorageDomain, { providerId });
    await engine.db.update(Host, { name: HOST }, { status: 'maintenance' });
    const given = peer.given((set) => set.secrets.length === 0);
    expect((await engine.ask('POST', `/datacenters/${dataCenterId ?? ''}/storagedomains/${id}/deactivate`, '<action/>')).status).toBe(200);
    await given;
  });
});
