import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { request } from 'undici';
import { CinderClient } from './cinder.client';
import { KeystoneSession } from './keystone.session';
import { connector, labAccount, LabVolumes } from './testing/lab.cinder';

const account = labAccount();
let lab: LabVolumes;
beforeAll(() => (lab = new LabVolumes()));
afterAll(() => lab.close());

describe('volumes', () => {
  it('are created with our name and metadata, found by either, changed, extended and deleted', async () => {
    const diskId = randomUUID();
    const metadata = { ...lab.metadata, clinker_disk_id: diskId };
    const created = await lab.client.createVolume({
      name: `disk-${diskId}`,
      sizeGiB: 1,
      metadata,
      volumeType: 'ceph',
      description: 'a test',
    });
    expect(created).toMatchObject({ name: `disk-${diskId}`, sizeGiB: 1, volumeType: 'ceph', metadata, description: 'a test' });
    expect((await lab.client.findVolumes({ metadata: { clinker_disk_id: diskId } })).map(({ id }) => id)).toEqual([created.id]);
    expect((await lab.client.findVolumes({ name: `disk-${diskId}` })).map(({ id }) => id)).toEqual([created.id]);
    await lab.until(created.id, 'available');

    await lab.client.updateVolume(created.id, { name: 'renamed', description: 'other', metadata: { ...metadata, more: '1' } });
    expect(await lab.client.volume(created.id)).toMatchObject({
      name: 'renamed',
      description: 'other',
      metadata: { ...metadata, more: '1' },
    });

    await lab.client.extendVolume(created.id, 2);
    const extended = await lab.until(created.id, 'available');
    expect(extended.sizeGiB).toBe(2);

    await lab.remove(created.id);
    await expect(lab.client.volume(created.id)).rejects.toMatchObject({ kind: 'not_found', retryable: false, httpStatus: 404 });
    expect(await lab.client.findVolumes({ metadata: { clinker_disk_id: diskId } })).toEqual([]);
  });

  it.each(["it's", 'a "quoted" one', 'back\\slash', 'ümlaut – 盘 💾', '{"x":1}', '100%&a=b#c'])(
    'are found by metadata and name of %s',
    async (text) => {
      const metadata = { ...lab.metadata, text };
      const volume = await lab.client.createVolume({ name: text, sizeGiB: 1, metadata });
      expect((await lab.client.findVolumes({ metadata: { text, ...lab.metadata } })).map(({ id }) => id)).toEqual([volume.id]);
      expect((await lab.client.findVolumes({ name: text, metadata: lab.metadata })).map(({ id }) => id)).toEqual([volume.id]);
      await lab.until(volume.id, 'available');
      await lab.remove(volume.id);
    },
  );

  it('come complete and each once, over many pages', async () => {
    const metadata = { ...lab.metadata, pages: '1' };
    const made = await Promise.all([1, 2, 3, 4, 5].map((n) => lab.client.createVolume({ name: `page-${n}`, sizeGiB: 1, metadata })));
    const reader = new CinderClient(account, { pageSize: 2 });
    const found = await reader.findVolumes({ metadata });
    expect(found.map(({ id }) => id).sort()).toEqual(made.map(({ id }) => id).sort());
    expect((await reader.findVolumeIds({ metadata })).sort()).toEqual(made.map(({ id }) => id).sort());
    await reader.close();
    await Promise.all(made.map(({ id }) => lab.until(id, 'available')));
  });

  it('are refused with a reason: unknown type, size 0, no size, quota', async () => {
    const volume = { name: 'refused', sizeGiB: 1, metadata: lab.metadata };
    await expect(lab.client.createVolume({ ...volume, volumeType: 'no-such-type' })).rejects.toMatchObject({
      kind: 'not_found',
      message: expect.stringContaining('no-such-type') as string,
    });
    await expect(lab.client.createVolume({ ...volume, sizeGiB: 0 })).rejects.toMatchObject({ kind: 'bad_request', retryable: false });
    await expect(lab.client.createVolume({ ...volume, sizeGiB: 1.5 })).rejects.toMatchObject({ kind: 'bad_request' });
    await expect(lab.client.deleteVolume(randomUUID())).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('over the quota are refused as over_limit', async () => {
    const { gigabytes } = await lab.client.limits();
    if (gigabytes.max === null) throw new Error('the lab gives the project no limit of gigabytes, so that this cannot be provoked');
    const volume = { name: 'refused', sizeGiB: gigabytes.max + 1, metadata: lab.metadata };
    await expect(lab.client.createVolume(volume)).rejects.toMatchObject({ kind: 'over_limit', httpStatus: 413, retryable: false });
  });

  it('change their type in place, or are refused with a reason', async () => {
    const { id } = await lab.create();
    await lab.until(id, 'available');
    await lab.client.retypeVolume(id, 'ceph-multiattach');
    await lab.until(id, 'available');
    expect(await lab.client.volume(id)).toMatchObject({ volumeType: 'ceph-multiattach', status: 'available' });
    await expect(lab.client.retypeVolume(id, 'ceph-multiattach')).rejects.toMatchObject({ kind: 'bad_request' });
    await expect(lab.client.retypeVolume(id, 'no-such-type')).rejects.toMatchObject({ retryable: false });
  });

  it('changed since a time are told apart from those that were not', async () => {
    const [before, after] = [await lab.create(), await lab.create()];
    const time = (await lab.client.volume(before.id)).updatedAt as Date;
    const changed = await lab.client.volumesChangedSince(time);
    expect(changed.map(({ id }) => id)).toContain(after.id);
    expect(await lab.client.volumesChangedSince(new Date(Date.now() + 3600_000))).toEqual([]);
  });
});

describe('attachments', () => {
  const instanceId = randomUUID();

  it('with a connector give rbd connection info, are completed, and end with a service token', async () => {
    const { id: volumeId } = await lab.create();
    const attachment = await lab.client.createAttachment({ volumeId, instanceId, connector, mode: 'rw' });
    expect(attachment).toMatchObject({ volumeId, instanceId });
    expect(attachment.connectionInfo).toMatchObject({
      driver_volume_type: 'rbd',
      name: `volumes/volume-${volumeId}`,
      auth_enabled: true,
      auth_username: 'cinder',
      secret_type: 'ceph',
      attachment_id: attachment.id,
    });
    const { hosts, ports } = attachment.connectionInfo ?? {};
    expect(hosts).toHaveLength(3);
    expect(ports).toHaveLength(3);

    await lab.client.completeAttachment(attachment.id);
    await lab.client.completeAttachment(attachment.id);
    const volume = await lab.until(volumeId, 'in-use');
    expect(volume.attachments).toMatchObject([{ attachmentId: attachment.id, serverId: instanceId }]);
    expect(await lab.client.attachments({ volumeId })).toMatchObject([{ id: attachment.id, status: 'attached', mode: 'rw' }]);
    expect(await lab.client.attachments({ instanceId })).toHaveLength(1);
    expect((await lab.client.attachment(attachment.id)).connectionInfo?.hosts).toEqual(hosts);

    await expect(lab.client.deleteVolume(volumeId)).rejects.toMatchObject({ kind: 'bad_request' });
    await lab.client.extendVolume(volumeId, 2);
    await lab.until(volumeId, 'in-use');

    await lab.client.deleteAttachment(attachment.id);
    await lab.until(volumeId, 'available');
    await expect(lab.client.attachment(attachment.id)).rejects.toMatchObject({ kind: 'not_found' });
    expect(await lab.client.attachments({ instanceId })).toEqual([]);
  });

  it('cannot be ended without a service token', async () => {
    const { id: volumeId } = await lab.create();
    const { id } = await lab.client.createAttachment({ volumeId, instanceId, connector, mode: 'rw' });
    const session = new KeystoneSession(account);
    const url = `${(await lab.client.checkConnection()).cinderUrl}/attachments/${id}`;
    const headers = { 'x-auth-token': await session.token(), 'openstack-api-version': 'volume 3.70' };
    const refused = await request(url, { method: 'DELETE', headers });
    await refused.body.dump();
    expect(refused.statusCode).toBeGreaterThanOrEqual(400);
    await session.close();
    await lab.client.deleteAttachment(id);
    await lab.until(volumeId, 'available');
  });

  it('are reserved first and get their connector later', async () => {
    const { id: volumeId } = await lab.create();
    const reserved = await lab.client.createAttachment({ volumeId, instanceId, connector: null, mode: 'ro' });
    expect(reserved).toMatchObject({ status: 'reserved', connectionInfo: null, mode: 'ro' });
    await lab.until(volumeId, 'reserved');
    const updated = await lab.client.updateAttachment(reserved.id, connector);
    expect(updated.connectionInfo?.driver_volume_type).toBe('rbd');
    await lab.client.deleteAttachment(reserved.id);
    await lab.until(volumeId, 'available');
  });

  it('of two instances to one volume are refused', async () => {
    const { id: volumeId } = await lab.create();
    const { id } = await lab.client.createAttachment({ volumeId, instanceId, connector: null, mode: 'rw' });
    const other = { volumeId, instanceId: randomUUID(), connector: null, mode: 'rw' } as const;
    await expect(lab.client.createAttachment(other)).rejects.toMatchObject({ kind: 'bad_request', retryable: false });
    await lab.client.deleteAttachment(id);
  });
});

describe('snapshots', () => {
  it('are made, found and deleted, and volumes come from them', async () => {
    const { id: volumeId } = await lab.create();
    const snapshot = await lab.client.createSnapshot({ volumeId, name: 'first', metadata: lab.metadata });
    const settled = async (): Promise<string> => (await lab.client.snapshot(snapshot.id)).status;
    while ((await settled()) === 'creating');
    expect(await lab.client.findSnapshots({ volumeId, metadata: lab.metadata })).toMatchObject([
      { id: snapshot.id, status: 'available', sizeGiB: 1 },
    ]);
    const clone = await lab.client.createVolume({ name: 'clone', sizeGiB: 1, metadata: lab.metadata, snapshotId: snapshot.id });
    expect((await lab.until(clone.id, 'available')).snapshotId).toBe(snapshot.id);
    await lab.remove(clone.id);
    await lab.client.deleteSnapshot(snapshot.id);
    while ((await lab.client.findSnapshots({ volumeId })).length > 0);
  });
});

describe('the rest of what there is to see', () => {
  it('volume types, limits, quota and pools', async () => {
    expect((await lab.client.volumeTypes()).map(({ name }) => name)).toContain('ceph');
    const limits = await lab.client.limits();
    expect(limits.volumes.used).toEqual(expect.any(Number));
    const quota = await lab.client.quota();
    expect(quota.get('gigabytes')?.max).toBe(limits.gigabytes.max);
    const [pool] = await lab.client.pools();
    expect(pool).toMatchObject({
      volumeBackendName: 'ceph',
      storageProtocol: 'ceph',
      locationInfo: expect.stringMatching(/^ceph:/) as string,
    });
    expect(pool?.freeGiB).toBeGreaterThan(0);
  });

  it('why a volume failed', async () => {
    const metadata = { ...lab.metadata, fails: '1' };
    const [pool] = await lab.client.pools();
    const tooLarge = Math.ceil((pool?.totalGiB ?? 0) * 100) + 1000;
    const volume = await lab.client.createVolume({ name: 'too large', sizeGiB: tooLarge, metadata });
    await expect(lab.until(volume.id, 'available')).rejects.toThrow(/is error/);
    const [message] = await lab.client.messages(volume.id);
    expect(message).toMatchObject({ level: 'ERROR', resourceId: volume.id });
    expect(message?.text).toMatch(/schedule|host|capacity/i);
  });

  it('prints nothing secret', async () => {
    const session = new KeystoneSession(account);
    await lab.client.limits();
    const shown = inspect([lab.client, lab.watcher, session], { depth: null, showHidden: true, showProxy: true });
    expect(shown).not.toContain(account.password);
    expect(shown).not.toContain('gAAAA');
    await session.close();
  });
});
