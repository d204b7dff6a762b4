import { obeysTheLaws, type FaultInjector } from '@clinker/sagas/testing';
import { randomUUID } from 'node:crypto';
import { CreateTemplateSaga } from '../../../engine/src/templates/create-template.saga';
import { RemoveTemplateSaga } from '../../../engine/src/templates/remove-template.saga';
import { CloneVmSaga } from '../../../engine/src/vms/clone-vm.saga';
import { CreateVmSaga } from '../../../engine/src/vms/create-vm.saga';
import { BARE_VM, vmBody } from '../installation';
import { LawCourt, TRIAL_MS } from './law-court';
import { stepsOf } from './saga-anatomy';

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

  obeysTheLaws({
    ...stepsOf(CreateVmSaga),
    ...shared,
    canKill: true,
    begin: async () => {
      await ensureTemplate();
      const vm = vmBody({ ...BARE_VM, name: newName(), template: { id: templateId } });
      return court.begin('create-vm', (headers) => user.api.post('/vms', vm, headers));
    },
    verifyFinished: () => expectOne('vm', 'down'),
    verifyCleanSlate: () => expectOne('vm', undefined),
    cleanUp: removeVm,
  });

  /** What it has in common with the others is killed there. */
  obeysTheLaws({
    ...stepsOf(CloneVmSaga),
    ...shared,
    canKill: false,
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

  obeysTheLaws({
    ...stepsOf(CreateTemplateSaga),
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
});
