import type { CinderClient } from '@clinker/cinder';
import { randomUUID } from 'node:crypto';
import { type Json, body } from '../api.client';
import { somebodyElse } from '../cinder';
import { EngineFork } from '../engine-fork';
import { inLab, until } from '../lab';
import { GROUP_TYPE, GroupStorage } from '../snapshots/group-storage';
import { TROUBLE_MS, TroubleBed, refusal, refused } from './trouble-bed';

jest.setTimeout(TROUBLE_MS);

describe('what is left over in the storage', () => {
  const bed = new TroubleBed();
  const { user, api } = bed;
  const fork = new EngineFork({ CLINKER_LEFTOVERS_EVERY: '500ms', CLINKER_LEFTOVERS_GRACE: '2s' });
  let cinder: CinderClient;
  let mark: Record<string, string>;

  beforeAll(async () => {
    cinder = somebodyElse();
    await bed.open();
    const { rows } = await bed.audit.database.query<{ id: string }>('SELECT id FROM installation');
    mark = { clinker_installation: rows[0]!.id, clinker_disk_id: randomUUID() };
    await fork.takeOver();
    await user.hostsAre('up');
  });
  afterAll(async () => {
    await fork.giveBack();
    await bed.settle();
    await cinder.close();
    await bed.close();
  });

  const volumeStatus = async (id: string) => (await cinder.findVolumes({})).find((volume) => volume.id === id)?.status;
  const newVolume = async (metadata: Record<string, string>) => {
    const { id } = await cinder.createVolume({ name: 'e2e-orphan', sizeGiB: 1, metadata });
    await until(
      'the volume is there',
      () => volumeStatus(id),
      (status) => status === 'available',
    );
    return id;
  };
  const leftovers = async (): Promise<Json[]> => body(await api.get('/clinker/leftovers'))['leftover'] ?? [];
  const of = (found: readonly Json[], id: string) => found.find((one) => one['external_id'] === id);
  const quarantined = async (id: string) =>
    (await until(
      'it is quarantined',
      async () => of(await leftovers(), id),
      (one) => one?.['status'] === 'quarantined',
    ))!['id']!;
  const eventsAbout = async (text: string) => {
    const { rows } = await bed.audit.database.query<{ description: string }>('SELECT description FROM event WHERE description LIKE $1', [
      `%${text}%`,
    ]);
    return rows.map(({ description }) => description);
  };
  const jobEnds = async (path: string) => {
    const job = body(await api.post(`${path}/cleanup`), 202)['job']!['id']!;
    await until(
      'the job ends',
      async () => body(await api.get(`/jobs/${job}`))['status'] as unknown as string,
      (status) => status !== 'started',
    );
    return body(await api.get(`/jobs/${job}`))['status'] as unknown as string;
  };

  it('is found, shown with one event each, and removed by hand in the right order; what is not ours is not', async () => {
    const [volumeId, foreignId, vmId] = [await newVolume(mark), await newVolume({}), randomUUID()];
    const snapshot = await cinder.createSnapshot({ volumeId, name: 'e2e-orphan', metadata: mark });
    await until(
      'the snapshot is there',
      () => cinder.snapshot(snapshot.id),
      ({ status }) => status === 'available',
    );
    const attachment = await cinder.createAttachment({ volumeId, instanceId: vmId, connector: null, mode: 'rw' });
    const path = async (id: string) => `/clinker/leftovers/${await quarantined(id)}`;
    const paths = { volume: await path(volumeId), snapshot: await path(snapshot.id), attachment: await path(attachment.id) };
    expect(of(await leftovers(), foreignId)).toBeUndefined();
    expect(await eventsAbout(volumeId)).toEqual([expect.stringContaining(`The volume ${volumeId} is left over in the storage`)]);

    expect(await jobEnds(paths.volume)).toBe('failed');
    expect(body(await api.get(paths.volume))['status_detail']).toContain(`The volume is attached (${attachment.id})`);
    expect(await jobEnds(paths.attachment)).toBe('finished');
    expect(await jobEnds(paths.volume)).toBe('failed');
    expect(body(await api.get(paths.volume))['status_detail']).toContain(`The volume has snapshots (${snapshot.id})`);
    expect(await jobEnds(paths.snapshot)).toBe('finished');
    expect(await jobEnds(paths.volume)).toBe('finished');
    expect([await volumeStatus(volumeId), await volumeStatus(foreignId)]).toEqual([undefined, 'available']);
    expect((await api.get(paths.volume)).status).toBe(404);
    await cinder.deleteVolume(foreignId);
  });

  it('is a group of volumes with what was taken of it, whose volumes stay', async () => {
    const storage = new GroupStorage();
    await storage.open();
    const diskId = await user.disk(GROUP_TYPE);
    const volumeId = body(await api.get(`/disks/${diskId}`))['image_id']!;
    const groupId = await storage.gather(`clinker-${mark['clinker_installation']}-${randomUUID()}-0`, volumeId);
    const foreignId = await storage.gather('clinker-of-somebody-else');
    const path = `/clinker/leftovers/${await quarantined(groupId)}`;
    expect(await eventsAbout(groupId)).toEqual([expect.stringContaining(`The group ${groupId} is left over in the storage`)]);
    expect(of(await leftovers(), foreignId)).toBeUndefined();
    expect(await jobEnds(path)).toBe('finished');
    expect((await storage.everyGroup()).map(({ id }) => id)).toEqual([foreignId]);
    expect(await volumeStatus(volumeId)).toBe('available');
    await cinder.groups.delete(foreignId);
    await user.cleanUp();
    await storage.close();
  });

  it('is not what was seen only just now, and not what somebody knows by then', async () => {
    const volumeId = await newVolume(mark);
    const young = await until(
      'it is suspected',
      async () => of(await leftovers(), volumeId),
      (one) => one !== undefined,
    );
    expect(refusal(await api.post(`/clinker/leftovers/${young!['id']!}/cleanup`))).toEqual(refused(409, 'It was seen only just now'));
    const path = `/clinker/leftovers/${await quarantined(volumeId)}`;
    const diskId = await user.disk();
    const { rows } = await bed.audit.database.query<{ volume_id: string }>('SELECT volume_id FROM disk WHERE id = $1', [diskId]);
    await bed.audit.database.query(`UPDATE leftover SET resource_id = $1 WHERE resource_id = $2`, [rows[0]!.volume_id, volumeId]);
    const { status } = await api.post(`${path}/cleanup`);
    expect([202, 404]).toContain(status);
    await until(
      'the engine has looked',
      async () => of(await leftovers(), rows[0]!.volume_id),
      (one) => one === undefined,
    );
    expect(await volumeStatus(rows[0]!.volume_id)).toBe('available');
    expect(await jobEnds(`/clinker/leftovers/${await quarantined(volumeId)}`)).toBe('finished');
  });

  it('does not matter to ordinary work: nothing is suspected for long', async () => {
    const found: string[] = [];
    const watching = setInterval(
      () => void leftovers().then((now) => found.push(...now.map((one) => `${one['type']} ${one['status']}`))),
      100,
    );
    for (let round = 0; round < 3; round += 1) {
      const disks = await Promise.all([user.disk(), user.disk(), user.disk()]);
      await Promise.all(disks.map((id) => user.gone(`/disks/${id}`)));
    }
    clearInterval(watching);
    expect(found.filter((one) => !one.endsWith('suspected'))).toEqual([]);
  });

  it('is no disk whose volume is gone: that one is illegal until the volume is back', async () => {
    const diskId = await user.disk();
    const { rows } = await bed.audit.database.query<{ volume_id: string }>('SELECT volume_id FROM disk WHERE id = $1', [diskId]);
    const hide = (deleted: boolean) =>
      inLab('postgres', 'psql', '-q', 'cinder', '-c', `UPDATE volumes SET deleted = ${deleted} WHERE id = '${rows[0]!.volume_id}'`);
    await hide(true);
    await user.diskIs(diskId, 'illegal');
    expect(await eventsAbout(rows[0]!.volume_id)).toEqual([expect.stringMatching(/is gone from Cinder: the disk is illegal/)]);
    await hide(false);
    await user.diskIs(diskId, 'ok');
  });
});

describe('what is left over, with a rule', () => {
  const bed = new TroubleBed();
  const fork = new EngineFork({ CLINKER_LEFTOVERS_EVERY: '500ms', CLINKER_LEFTOVERS_GRACE: '1s', CLINKER_LEFTOVERS_CLEANED_AFTER: '2s' });

  beforeAll(async () => {
    await bed.open();
    await fork.takeOver();
  });
  afterAll(async () => {
    await fork.giveBack();
    await bed.close();
  });

  it('is removed after a while', async () => {
    const cinder = somebodyElse();
    const { rows } = await bed.audit.database.query<{ id: string }>('SELECT id FROM installation');
    const metadata = { clinker_installation: rows[0]!.id, clinker_disk_id: randomUUID() };
    const { id } = await cinder.createVolume({ name: 'e2e-orphan', sizeGiB: 1, metadata });
    await until(
      'the volume is gone',
      () => cinder.findVolumeIds({}),
      (ids) => !ids.includes(id),
    );
    await bed.audit.agrees();
    await cinder.close();
  });
});
