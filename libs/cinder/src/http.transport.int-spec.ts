import { inspect } from 'node:util';
import { HttpProxy } from '@clinker/testing';
import { CinderClient } from './cinder.client';
import type { CinderOptions } from './cinder.reader';
import { cinderOrigin, connector, labAccount, LabVolumes } from './testing/lab.cinder';

let proxy: HttpProxy;
let client: CinderClient;
const correlationId = '5b5f6f3e-3c0a-4f57-8d5b-4c1f0b7a9d21';

async function useClient(options: CinderOptions = {}): Promise<void> {
  client = new CinderClient(labAccount({ url: proxy.url }), { readTimeoutMs: 3000, ...options });
  await client.version();
  proxy.requests.length = 0;
}

beforeAll(async () => (proxy = await HttpProxy.start(cinderOrigin())));
afterEach(async () => {
  proxy.reset();
  await client.close();
});
afterAll(() => proxy.close());

const newVolume = { name: 'never', sizeGiB: 1, metadata: { clinker_test: 'transport' } };

describe('requests that only look', () => {
  it('get over three failures', async () => {
    await useClient();
    proxy.disturb({ kind: 'answer', status: 500, body: { computeFault: { message: 'oops' } } }, {}, 3);
    await expect(client.limits()).resolves.toMatchObject({ volumes: {} });
    expect(proxy.count()).toBe(4);
  });

  it('fail with the reason after more than that', async () => {
    await useClient();
    proxy.disturb({
      kind: 'answer',
      status: 500,
      headers: { 'x-openstack-request-id': 'req-42' },
      body: { computeFault: { message: 'oops' } },
    });
    await expect(client.limits()).rejects.toMatchObject({ kind: 'server_error', message: 'oops', retryable: true, requestId: 'req-42' });
    expect(proxy.count()).toBe(4);
  });

  it('wait as long as they are told to', async () => {
    await useClient();
    proxy.disturb({ kind: 'answer', status: 429, headers: { 'retry-after': '1' } }, {}, 1);
    const start = performance.now();
    await client.limits();
    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
    expect(proxy.count()).toBe(2);
  });

  it('leave it to the caller when that is too long', async () => {
    await useClient();
    proxy.disturb({ kind: 'answer', status: 429, headers: { 'retry-after': '60' } });
    await expect(client.limits()).rejects.toMatchObject({ kind: 'rate_limited', retryAfterMs: 60_000, retryable: true });
    expect(proxy.count()).toBe(1);
  });

  it.each(['half', 'drop', 'lose_answer'] as const)('are repeated after "%s"', async (kind) => {
    await useClient();
    proxy.disturb({ kind }, {}, 1);
    await expect(client.limits()).resolves.toMatchObject({ volumes: {} });
    expect(proxy.count()).toBe(2);
  });

  it('never take half an answer for a whole one', async () => {
    await useClient({ retries: 0 });
    proxy.disturb({ kind: 'half' });
    await expect(client.findVolumes({})).rejects.toMatchObject({ kind: 'unreachable', retryable: true });
  });

  it.each(['<html>gateway</html>', '{"limits":', '[]', '"x"', '{"limits":{"absolute":7}}'])(
    'call %s malformed, without quoting it',
    async (body) => {
      await useClient({ retries: 0 });
      proxy.disturb({ kind: 'answer', status: 200, body });
      const failure = client.limits();
      await expect(failure).rejects.toMatchObject({ kind: 'malformed', retryable: true });
      await expect(failure).rejects.not.toThrow(/gateway/);
    },
  );

  it('do not take the page of a gateway for a change that was made', async () => {
    await useClient({ retries: 0 });
    proxy.disturb({ kind: 'answer', status: 200, body: '<html>It works!</html>' }, { method: 'DELETE' });
    await expect(client.deleteAttachment('0')).rejects.toMatchObject({ kind: 'malformed', retryable: true });
  });

  it('do not read answers without end', async () => {
    await useClient({ retries: 0, maxResponseBytes: 100_000 });
    proxy.disturb({ kind: 'answer', status: 200, body: { limits: { absolute: {} }, padding: 'x'.repeat(200_000) } });
    await expect(client.limits()).rejects.toMatchObject({ kind: 'malformed', message: expect.stringContaining('too large') as string });
  });

  it('do not follow redirects, and so carry no token to strangers', async () => {
    await useClient({ retries: 0 });
    const stranger = await HttpProxy.start(cinderOrigin());
    proxy.disturb({ kind: 'answer', status: 302, headers: { location: `${stranger.url}/v3/` } });
    await expect(client.limits()).rejects.toMatchObject({ kind: 'malformed', message: expect.stringContaining('redirects') as string });
    expect(stranger.count()).toBe(0);
    await stranger.close();
  });

  it('give up after the read timeout', async () => {
    await useClient({ readTimeoutMs: 3_000 });
    proxy.disturb({ kind: 'silence' });
    const start = performance.now();
    await expect(client.limits()).rejects.toMatchObject({ kind: 'timeout', retryable: true });
    expect(performance.now() - start).toBeLessThan(25_000);
  });

  it('carry version and correlation id', async () => {
    await useClient({ requestId: () => correlationId });
    await client.limits();
    expect(proxy.requests[0]?.headers).toMatchObject({
      'openstack-api-version': 'volume 3.70',
      'x-openstack-request-id': `req-${correlationId}`,
    });
  });
});

describe('changes', () => {
  it.each([
    [{ kind: 'answer', status: 500 }, 'server_error'],
    [{ kind: 'answer', status: 429 }, 'rate_limited'],
    [{ kind: 'drop' }, 'unreachable'],
  ] as const)('are not repeated after %j', async (disturbance, kind) => {
    await useClient();
    proxy.disturb(disturbance);
    await expect(client.createVolume(newVolume)).rejects.toMatchObject({ kind, retryable: true });
    expect(proxy.count()).toBe(1);
  });

  it('whose answer is lost have happened once, and are found', async () => {
    await useClient();
    const lab = new LabVolumes();
    proxy.disturb({ kind: 'lose_answer' }, { method: 'POST' });
    await expect(client.createVolume({ ...newVolume, metadata: lab.metadata })).rejects.toMatchObject({ retryable: true });
    const found = await client.findVolumes({ metadata: lab.metadata });
    expect(found).toHaveLength(1);
    await lab.until(found[0]!.id, 'available');
    await lab.close();
  });

  it('of attachments have their own, longer time', async () => {
    await useClient({ readTimeoutMs: 3_000, attachmentTimeoutMs: 20_000 });
    const lab = new LabVolumes();
    const { id: volumeId } = await lab.create();
    proxy.disturb({ kind: 'delay', until: 4_000 }, { method: 'POST' });
    const attachment = await client.createAttachment({ volumeId, instanceId: volumeId, connector, mode: 'rw' });
    expect(attachment.connectionInfo).not.toBeNull();
    await lab.close();
  });
});

describe('a token that ended early', () => {
  it('is replaced once, also for a change', async () => {
    await useClient();
    const lab = new LabVolumes();
    const { id } = await lab.create();
    proxy.disturb({ kind: 'answer', status: 401, body: { error: { message: 'expired' } } }, {}, 1);
    await client.updateVolume(id, { name: 'renamed' });
    const [first, second] = proxy.requests.map(({ headers }) => headers['x-auth-token']);
    expect(second).toEqual(expect.any(String));
    expect(second).not.toBe(first);
    expect((await client.volume(id)).name).toBe('renamed');
    await lab.close();
  });

  it('refused again is an error', async () => {
    await useClient();
    proxy.disturb({ kind: 'answer', status: 401, body: { error: { message: 'no' } } });
    await expect(client.limits()).rejects.toMatchObject({ kind: 'unauthorized', message: 'no', retryable: false });
    expect(proxy.count()).toBe(2);
  });
});

describe('a dead service', () => {
  it('is left alone after a few failures, and asked again later', async () => {
    await useClient({ retries: 0, breakAfter: 3 });
    const heal = proxy.disturb({ kind: 'drop' });
    for (let attempt = 0; attempt < 3; attempt += 1) await expect(client.limits()).rejects.toMatchObject({ kind: 'unreachable' });
    const asked = proxy.count();
    await expect(client.limits()).rejects.toMatchObject({ kind: 'unreachable', retryable: true });
    await expect(client.createVolume(newVolume)).rejects.toMatchObject({ kind: 'unreachable', retryable: true });
    expect(proxy.count()).toBe(asked);
    heal();
    const healthy = async (): Promise<boolean> =>
      client.limits().then(
        () => true,
        () => false,
      );
    while (!(await healthy())) await new Promise(setImmediate);
    expect(proxy.requests.slice(asked).map(({ path }) => path)).toEqual([
      expect.stringMatching(/\/v3\/$/),
      expect.stringMatching(/limits$/),
    ]);
  });
});

describe('errors of requests', () => {
  it('show no token that was sent back', async () => {
    await useClient({ retries: 0 });
    await client.limits();
    const token = String(proxy.requests[0]?.headers['x-auth-token']);
    proxy.disturb({ kind: 'answer', status: 400, body: { badRequest: { message: `You sent ${token}` } } });
    const failure: unknown = await client.limits().catch((error: unknown) => error);
    expect(inspect(failure, { depth: null, showHidden: true })).not.toContain(token);
    expect(failure).toMatchObject({ message: 'You sent ***' });
  });
});
