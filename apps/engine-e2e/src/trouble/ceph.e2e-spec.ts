import { randomBytes, randomUUID } from 'node:crypto';
import { body } from '../api.client';
import { DEAD_WATCHER_MS } from '../audit';
import { EngineFork } from '../engine-fork';
import { BARE_VM, keyBody } from '../installation';
import { labValue, until } from '../lab';
import { TROUBLE_MS, TroubleBed, withDead } from './trouble-bed';

jest.setTimeout(TROUBLE_MS);

const MONITORS = ['mon-a', 'mon-b', 'mon-c'];

/** A key in the form of Ceph's that no cluster knows. */
function foreignKey(): string {
  const key = Buffer.from((keyBody() as { value: string }).value, 'base64');
  randomBytes(16).copy(key, key.length - 16);
  return key.toString('base64');
}

describe('trouble with Ceph', () => {
  const bed = new TroubleBed();
  const { user, api } = bed;

  beforeAll(() => bed.open());
  afterEach(() => bed.settle());
  afterAll(() => bed.close());

  const startOf = async (vmId: string) => {
    const answer = await api.post(`/vms/${vmId}/start`);
    expect(answer.status).toBe(200);
    return bed.startFails(vmId);
  };

  describe('keys', () => {
    let keys: string;

    beforeAll(async () => {
      keys = `/openstackvolumeproviders/${(await user.provider())!['id']}/authenticationkeys`;
    });

    it('that are missing: the VM does not start, and stays startable', async () => {
      const { vmId } = await bed.vmWithDisk(BARE_VM);
      body(await api.delete(`${keys}/${labValue('CEPH_SECRET_UUID')}`), 200);
      try {
        await bed.audit.agrees();
        expect(await startOf(vmId)).toMatch(/secret.*is unknown to this host and to the engine/);
        await bed.audit.agrees();
      } finally {
        body(await api.post(keys, keyBody()), 201);
      }
      await bed.audit.agrees();
      await user.start(vmId);
    });

    it('that are wrong: the VM does not start, until the key is right', async () => {
      const { vmId } = await bed.vmWithDisk(BARE_VM);
      const key = `${keys}/${labValue('CEPH_SECRET_UUID')}`;
      const wrong = foreignKey();
      body(await api.put(key, { value: wrong }), 200);
      try {
        const reason = await startOf(vmId);
        expect(reason).toMatch(/refuse|denied|not permitted|Permission/i);
        expect(reason).not.toContain(wrong);
        await bed.audit.agrees();
      } finally {
        body(await api.put(key, { value: (keyBody() as { value: string }).value }), 200);
      }
      await user.start(vmId);
    });
  });

  describe('monitors', () => {
    it('of which one is dead: all works', async () => {
      const { vmId } = await bed.vmWithDisk(BARE_VM);
      const second = await user.disk();
      await withDead(['mon-a'], async () => {
        await user.start(vmId);
        await user.attach(vmId, second);
        await bed.audit.agrees();
        await user.disk();
      });
    });

    describe('that are all dead', () => {
      const fork = new EngineFork();

      beforeAll(() => fork.takeOver());
      afterAll(() => fork.giveBack());

      /** How long the host has worked on the start, since the engine was let go on. */
      const secondsOnHost = async (vmId: string, since: Date) => {
        const { rows } = await bed.audit.database.query<{ seconds: number }>(
          `SELECT extract(epoch FROM step.ended_at - greatest(step.started_at, $2))::float8 AS seconds
           FROM operation_step step JOIN operation ON operation.id = step.operation_id
           WHERE operation.saga = 'run-vm' AND step.name = 'start the VM on the host'
             AND operation.subjects @> jsonb_build_array(jsonb_build_object('id', $1::text))`,
          [vmId, since],
        );
        return rows[0]!.seconds;
      };
      const volumeStatus = async (name: string) => (await bed.audit.volumesNamed(name)).map(({ status }) => status);

      it('end a start within 5 s of the host, leave other guests alone, and let a removal go on when they are back', async () => {
        const name = `e2e-${randomUUID().slice(0, 8)}`;
        const [running, next, doomed] = await Promise.all([bed.vmWithDisk(BARE_VM), bed.vmWithDisk(BARE_VM), user.disk({ name })]);
        await user.start(running.vmId);
        await fork.arm({ saga: 'run-vm', step: 'start the VM on the host', phase: 'run', when: 'before', action: 'freeze' });
        const answer = api.post(`/vms/${next.vmId}/start`);
        await until(
          'the engine stands still',
          async () => fork.unstruck.length,
          (left) => left === 0,
        );
        const meanwhile = async () => {
          const continued = await bed.now();
          fork.process.signal('SIGCONT');
          expect((await answer).status).toBe(200);
          expect(await bed.startFails(next.vmId)).toMatch(/no monitor of the cluster of .* answers/);
          expect(await secondsOnHost(next.vmId, continued)).toBeLessThan(5);
          const libvirt = await bed.audit.libvirt('host-1');
          const [domain] = (await libvirt.domains.statistics(['block'])).filter(({ uuid }) => uuid === running.vmId);
          expect(domain?.fields.get('block.count')).toBeDefined();
          expect((await libvirt.domains.state(running.vmId)).state).toBe('running');
          expect((await api.ask('DELETE', `/disks/${doomed}?async=true`)).status).toBe(200);
          await until(
            'Cinder gives the deletion up',
            () => volumeStatus(`clinker-${name}`),
            ([status]) => status === 'error_deleting',
            90_000,
          );
        };
        await withDead(MONITORS, meanwhile, 'ceph');
        await user.gone(`/disks/${doomed}`);
        await bed.audit.agrees(DEAD_WATCHER_MS);
        await user.start(next.vmId);
      });
    });
  });
});
