import { obeysTheLaws, type FaultInjector } from '@clinker/sagas/testing';
import { randomUUID } from 'node:crypto';
import { CreateTemplateSaga } from '../../../engine/src/templates/create-template.saga';
import { RemoveTemplateSaga } from '../../../engine/src/templates/remove-template.saga';
import { RemoveVmPoolSaga } from '../../../engine/src/vm-pools/remove-vm-pool.saga';
import { ReturnVmSaga } from '../../../engine/src/vm-pools/return-vm.saga';
import { CloneVmSaga } from '../../../engine/src/vms/clone-vm.saga';
import { CreateVmSaga } from '../../../engine/src/vms/create-vm.saga';
import { BARE_VM, vmBody } from '../installation';
import { until } from '../lab';
import { LawCourt, TRIAL_MS } from './law-court';
import { ownSteps, stepsOf } from './saga-anatomy';

jest.setTimeout(TRIAL_MS);

describe('templates and VMs that are copies, in an engine that fails and dies', () => {
  const court = new LawCourt();
  const { user } = court;
  let sourceId: string;
  let templateId: string;
  let name: string;

  beforeAll(async () => {
    await court.open();
    const diskId = await user.disk();
    sourceId = await user.vm(BARE_VM);
    await user.attach(sourceId, diskId, { bootable: 'true' });
  });
  afterAll(async () => {
    if (templateId !== undefined) await user.gone(`/templates/${templateId}`);
    await court.close();
  });

  /** A template or VM by its name; the tests do not know its id if the engine was killed before it answered. */
  const found = async (table: 'template' | 'vm'): Promise<{ id: string; status: string } | undefined> => {
    await court.fork.ready();
    const { rows } = await court.audit.database.query<{ id: string; status: string }>(`SELECT id, status FROM ${table} WHERE name = $1`, [
      name,
    ]);
    return rows[0];
  };
  const expectOne = async (table: 'template' | 'vm', status: string | undefined) => {
    await court.audit.agrees();
    expect((await found(table))?.status).toBe(status);
  };
  const newName = () => (name = `e2e-${randomUUID().slice(0, 8)}`);
  const ensureTemplate = async () => {
    if (templateId !== undefined && (await court.status(`/templates/${templateId}`)) === 'ok') return;
    const operationId = await court.begin('create-template', (headers) =>
      user.api.post('/templates', { name: newName(), vm: { id: sourceId } }, headers),
    );
    await court.ended(operationId);
    templateId = (await found('template'))!.id;
  };
  const removeVm = async () => {
    const vm = await found('vm');
    if (vm) await user.gone(`/vms/${vm.id}`);
    await court.audit.agrees();
  };
  const shared = {
    get faults(): FaultInjector {
      return court.faults;
    },
    ended: (id: string) => court.ended(id),
  };

  const cloning = stepsOf(CloneVmSaga);

  const creating = stepsOf(CreateVmSaga);

  /** How the disks are copied is tried in a clone. */
  obeysTheLaws({
    ...creating,
    steps: creating.steps.filter((step) => /lock the VM$/.test(step) || !cloning.steps.includes(step)),
    ...shared,
    canKill: false,
    begin: async () => {
      await ensureTemplate();
      const vm = vmBody({ ...BARE_VM, name: newName(), template: { id: templateId } });
      return court.begin('create-vm', (headers) => user.api.post('/vms', vm, headers));
    },
    verifyFinished: () => expectOne('vm', 'down'),
    verifyCleanSlate: () => expectOne('vm', undefined),
    cleanUp: removeVm,
  });

  obeysTheLaws({
    ...cloning,
    ...shared,
    canKill: true,
    begin: () => {
      const action = { vm: { name: newName() } };
      return court.begin('clone-vm', (headers) => user.api.post(`/vms/${sourceId}/clone`, action, headers));
    },
    verifyFinished: () => expectOne('vm', 'down'),
    verifyCleanSlate: () => expectOne('vm', undefined),
    cleanUp: removeVm,
  });

  obeysTheLaws({
    ...stepsOf(RemoveTemplateSaga),
    ...shared,
    canKill: true,
    begin: async () => {
      await ensureTemplate();
      return court.begin('remove-template', (headers) => user.api.ask('DELETE', `/templates/${templateId}`, undefined, headers));
    },
    verifyFinished: async () => {
      await court.audit.agrees();
      expect(await court.status(`/templates/${templateId}`)).toBeUndefined();
    },
    verifyCleanSlate: async () => {
      await court.audit.agrees();
      expect(await court.status(`/templates/${templateId}`)).toBe('ok');
    },
    cleanUp: async () => undefined,
  });

  /** The steps that a clone has too are tried there. */
  const template = stepsOf(CreateTemplateSaga);

  obeysTheLaws({
    ...template,
    steps: ownSteps(template, cloning),
    ...shared,
    canKill: true,
    begin: () =>
      court.begin('create-template', (headers) => user.api.post('/templates', { name: newName(), vm: { id: sourceId } }, headers)),
    verifyFinished: () => expectOne('template', 'ok'),
    verifyCleanSlate: () => expectOne('template', undefined),
    cleanUp: async () => {
      const template = await found('template');
      if (template) await user.gone(`/templates/${template.id}`);
    },
  });

  /** Sagas of pools: how VMs are made and removed is tried above. */
  describe('in a pool', () => {
    let poolId: string | undefined;

    const isThere = async (id: string | undefined): Promise<boolean> => {
      await court.fork.ready();
      return id !== undefined && (await user.api.get(`/vmpools/${id}`)).status === 200;
    };
    const member = async () => {
      const { rows } = await court.audit.database.query<{ id: string; status: string; has_run: boolean }>(
        'SELECT id, status, has_run FROM vm WHERE vm_pool_id = $1',
        [poolId],
      );
      return rows[0];
    };
    const memberIs = (isSo: (vm: { status: string; has_run: boolean }) => boolean) =>
      until('the VM of the pool is so', member, (vm) => vm !== undefined && isSo(vm), 60_000);
    const ensurePool = async () => {
      await ensureTemplate();
      if (await isThere(poolId)) return;
      const wanted = { name: newName(), cluster: { name: 'Default' }, template: { id: templateId }, size: '1' };
      poolId = (await user.api.post('/vmpools', wanted)).body['id']!;
      await memberIs(({ status }) => status === 'down');
    };
    afterAll(async () => {
      if (await isThere(poolId)) await user.gone(`/vmpools/${poolId}`);
    });

    obeysTheLaws({
      ...stepsOf(RemoveVmPoolSaga),
      ...shared,
      canKill: false,
      begin: async () => {
        await ensurePool();
        return court.begin('remove-vm-pool', (headers) => user.api.ask('DELETE', `/vmpools/${poolId}`, undefined, headers));
      },
      verifyFinished: async () => {
        await court.audit.agrees();
        expect(await isThere(poolId)).toBe(false);
      },
      // VMs that are being removed are not taken back: the pool stays with what is left.
      verifyCleanSlate: async () => {
        await court.audit.agrees();
        expect(await isThere(poolId)).toBe(true);
      },
      cleanUp: async () => {
        if ((await isThere(poolId)) && (await member()) === undefined) await user.gone(`/vmpools/${poolId}`);
      },
    });

    const returning = stepsOf(ReturnVmSaga);

    /** Nobody has asked for a return: when it fails it is begun again by itself, until it succeeds. */
    obeysTheLaws({
      ...returning,
      steps: ownSteps(returning, cloning),
      ...shared,
      canKill: true,
      begin: async () => {
        await ensurePool();
        await memberIs((vm) => vm.status === 'down' && !vm.has_run);
        const vmId = (await member())!.id;
        const since = await court.now();
        await court.audit.database.query('UPDATE vm SET has_run = true WHERE id = $1', [vmId]);
        const look = () => court.operationOf('return-vm', vmId, since);
        return (await until('the VM is returned', look, (id) => id !== undefined, 20_000))!;
      },
      verifyFinished: async () => {
        await memberIs((vm) => vm.status === 'down' && !vm.has_run);
        await court.audit.agrees();
      },
      verifyCleanSlate: async () => {
        await memberIs((vm) => vm.status === 'down' && !vm.has_run);
        await court.audit.agrees();
      },
      cleanUp: async () => undefined,
    });
  });
});
