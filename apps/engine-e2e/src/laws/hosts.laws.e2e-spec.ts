import { obeysTheLaws } from '@clinker/sagas/testing';
import { randomUUID } from 'node:crypto';
import { FenceHostSaga } from '../../../engine/src/hosts/fence-host.saga';
import { LawCourt, TRIAL_MS } from './law-court';
import { stepsOf } from './saga-anatomy';

jest.setTimeout(TRIAL_MS);

/** A host that was there once and is gone for good: exactly what is to be confirmed. */
const LOST = `
  INSERT INTO host (id, name, cluster_id, address, status, capabilities, agent_run_id, heartbeat_at)
  SELECT $1, $2, cluster.id, '192.0.2.1', 'non_responsive', coalesce((SELECT capabilities FROM host LIMIT 1), '{}'), 'gone', now() - interval '1 day'
  FROM cluster WHERE cluster.name = 'Default'`;

describe('hosts, in an engine that fails and dies', () => {
  const court = new LawCourt();
  const hostId = randomUUID();
  const name = `lost-${hostId.slice(0, 8)}`;
  const forgetFence = () => court.audit.database.query('DELETE FROM host_fence WHERE host_name = $1', [name]);

  beforeAll(async () => {
    await court.open();
    await court.audit.database.query(LOST, [hostId, name]);
  });
  afterAll(async () => {
    await forgetFence();
    await court.audit.database.query('DELETE FROM host WHERE id = $1', [hostId]);
    await court.close();
  });

  const expectHost = async (status: string, fences: number) => {
    expect(await court.status(`/hosts/${hostId}`)).toBe(status);
    const { rowCount } = await court.audit.database.query('SELECT FROM host_fence WHERE host_name = $1', [name]);
    expect(rowCount).toBe(fences);
  };

  obeysTheLaws({
    ...stepsOf(FenceHostSaga),
    canKill: true,
    get faults() {
      return court.faults;
    },
    begin: () => court.begin('fence-host', (headers) => court.user.api.post(`/hosts/${hostId}/fence`, { fence_type: 'manual' }, headers)),
    ended: (id) => court.ended(id),
    verifyFinished: () => expectHost('down', 1),
    verifyCleanSlate: () => expectHost('non_responsive', 0),
    cleanUp: async () => {
      await forgetFence();
      await court.audit.database.query(`UPDATE host SET status = 'non_responsive' WHERE id = $1`, [hostId]);
    },
  });
});
