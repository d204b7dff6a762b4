import type { CinderClient, Volume } from '@clinker/cinder';
import { obeysTheLaws } from '@clinker/sagas/testing';
import { randomUUID } from 'node:crypto';
import { CleanLeftoverSaga } from '../../../engine/src/leftovers/clean-leftover.saga';
import { somebodyElse } from '../cinder';
import { until } from '../lab';
import { LawCourt, TRIAL_MS } from './law-court';
import { stepsOf } from './saga-anatomy';

jest.setTimeout(TRIAL_MS);

const FOUND = `
  INSERT INTO leftover (id, provider_id, kind, resource_id, name, reason, status, first_seen)
  SELECT $1, provider_id, 'volume', $2, 'e2e-orphan', 'put there by a law', 'quarantined', now() FROM storage_domain WHERE status = 'active' LIMIT 1`;

describe('leftovers, in an engine that fails and dies', () => {
  const court = new LawCourt();
  const leftoverId = randomUUID();
  let cinder: CinderClient;
  let volumeId: string;

  beforeAll(async () => {
    cinder = somebodyElse();
    await court.open();
  });
  afterAll(async () => {
    if ((await present()) === 'available') await cinder.deleteVolume(volumeId);
    await court.audit.database.query('DELETE FROM leftover WHERE id = $1', [leftoverId]);
    await court.close();
    await cinder.close();
  });

  const present = async () => (await cinder.findVolumes({ name: 'e2e-orphan' })).find(({ id }: Volume) => id === volumeId)?.status;

  /** A volume that carries our mark and that nobody knows. */
  const orphan = async () => {
    const { rows } = await court.audit.database.query<{ id: string }>('SELECT id FROM installation');
    const metadata = { clinker_installation: rows[0]!.id, clinker_disk_id: randomUUID() };
    ({ id: volumeId } = await cinder.createVolume({ name: 'e2e-orphan', sizeGiB: 1, metadata }));
    await until('the volume is there', present, (status) => status === 'available');
    await court.audit.database.query(FOUND, [leftoverId, volumeId]);
  };

  obeysTheLaws({
    ...stepsOf(CleanLeftoverSaga),
    canKill: true,
    get faults() {
      return court.faults;
    },
    begin: async () => {
      if ((await court.status(`/clinker/leftovers/${leftoverId}`)) === undefined) await orphan();
      return court.begin('clean-leftover', (headers) => court.user.api.post(`/clinker/leftovers/${leftoverId}/cleanup`, {}, headers));
    },
    ended: (id) => court.ended(id),
    verifyFinished: async () => {
      expect(await court.status(`/clinker/leftovers/${leftoverId}`)).toBeUndefined();
      expect(await present()).toBeUndefined();
    },
    verifyCleanSlate: async () => {
      expect(await court.status(`/clinker/leftovers/${leftoverId}`)).toBe('quarantined');
      expect(await present()).toBe('available');
    },
    cleanUp: async () => undefined,
  });
});
