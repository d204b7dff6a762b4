import { obeysTheLaws, type FaultInjector } from '@clinker/sagas/testing';
import { CommitSnapshotSaga } from '../../../engine/src/snapshots/commit-snapshot.saga';
import { CreateSnapshotSaga } from '../../../engine/src/snapshots/create-snapshot.saga';
import { PreviewSnapshotSaga } from '../../../engine/src/snapshots/preview-snapshot.saga';
import { RemoveSnapshotSaga } from '../../../engine/src/snapshots/remove-snapshot.saga';
import { UndoPreviewSaga } from '../../../engine/src/snapshots/undo-preview.saga';
import { body } from '../api.client';
import { BARE_VM } from '../installation';
import { until } from '../lab';
import { LawCourt, TRIAL_MS } from './law-court';
import { stepsOf } from './saga-anatomy';

jest.setTimeout(TRIAL_MS);

/** The VM's snapshots in words, e.g. `first ok`, `second in_preview`, and whether it is as it was or previewing. */
type Seen = string[];

describe('snapshots, in an engine that fails and dies', () => {
  const court = new LawCourt();
  const { user } = court;
  let path: string;

  beforeAll(async () => {
    await court.open();
    const [vmId, diskId] = await Promise.all([user.vm(BARE_VM), user.disk()]);
    await user.attach(vmId, diskId, { bootable: 'true' });
    path = `/vms/${vmId}`;
  });
  afterAll(async () => {
    await become([]);
    await court.close();
  });

  const shared = {
    canKill: true,
    get faults(): FaultInjector {
      return court.faults;
    },
    ended: (id: string) => court.ended(id),
    cleanUp: async () => undefined,
  };

  const snapshots = async () => {
    await court.fork.ready();
    return (body(await user.api.get(`${path}/snapshots`))['snapshot'] ?? []).filter((one) => one['snapshot_type'] !== 'active');
  };
  const seen = async (): Promise<Seen> =>
    (await snapshots()).map((one) => `${one['snapshot_type'] === 'preview' ? 'before' : one['description']} ${one['snapshot_status']}`);
  const idOf = async (description: string) => (await snapshots()).find((one) => one['description'] === description)?.['id'] ?? '';

  /** Waits until everything agrees and the snapshots are so. */
  const expectSnapshots = async (wanted: Seen) => {
    await court.audit.agrees();
    expect(await seen()).toEqual(wanted);
    expect(await court.status(path)).toBe('down');
  };
  const settled = (wanted: (now: Seen) => boolean) => until('snapshots are so', seen, wanted, 30_000);
  const isCalm = (now: Seen) => now.every((one) => !one.endsWith('locked'));

  /** Brings the VM to where it has these snapshots, by what users do. */
  const become = async (descriptions: string[], preview?: string) => {
    const now = await seen();
    const isPreviewing = now.some((one) => one.endsWith('in_preview'));
    const wanted = [...descriptions.map((one) => `${one} ${one === preview ? 'in_preview' : 'ok'}`), ...(preview ? ['before ok'] : [])];
    if (now.join() === wanted.join()) return;
    if (isPreviewing) {
      body(await user.api.post(`${path}/undosnapshot`), 200);
      await settled((left) => isCalm(left) && !left.some((one) => one.endsWith('in_preview')));
    }
    for (const { id, description } of await snapshots())
      if (!descriptions.includes(description!)) await user.gone(`${path}/snapshots/${id}`);
    for (const description of descriptions) if (!(await idOf(description))) await take(description);
    if (preview) await show(preview);
  };
  const take = async (description: string) => {
    body(await user.api.post(`${path}/snapshots`, { description }), 202);
    await settled((now) => now.includes(`${description} ok`));
  };
  const show = async (description: string) => {
    body(await user.api.post(`${path}/previewsnapshot`, { snapshot: { id: await idOf(description) } }), 200);
    await settled((now) => now.includes(`${description} in_preview`));
  };
  const act = (saga: string, action: string, input: object = {}) =>
    court.begin(saga, (headers) => user.api.post(`${path}/${action}`, input, headers));

  obeysTheLaws({
    ...stepsOf(CreateSnapshotSaga),
    ...shared,
    begin: async () => {
      await become([]);
      return act('create-snapshot', 'snapshots', { description: 'first' });
    },
    verifyFinished: () => expectSnapshots(['first ok']),
    verifyCleanSlate: () => expectSnapshots([]),
  });

  obeysTheLaws({
    ...stepsOf(PreviewSnapshotSaga),
    ...shared,
    begin: async () => {
      await become(['first']);
      return act('preview-snapshot', 'previewsnapshot', { snapshot: { id: await idOf('first') } });
    },
    verifyFinished: () => expectSnapshots(['first in_preview', 'before ok']),
    verifyCleanSlate: () => expectSnapshots(['first ok']),
  });

  obeysTheLaws({
    ...stepsOf(UndoPreviewSaga),
    ...shared,
    begin: async () => {
      await become(['first'], 'first');
      return act('undo-preview', 'undosnapshot');
    },
    verifyFinished: () => expectSnapshots(['first ok']),
    verifyCleanSlate: () => expectSnapshots(['first in_preview', 'before ok']),
  });

  obeysTheLaws({
    ...stepsOf(CommitSnapshotSaga),
    ...shared,
    begin: async () => {
      await become(['first', 'second'], 'first');
      return act('commit-snapshot', 'commitsnapshot');
    },
    verifyFinished: () => expectSnapshots(['first ok']),
    verifyCleanSlate: () => expectSnapshots(['first in_preview', 'second ok', 'before ok']),
  });

  obeysTheLaws({
    ...stepsOf(RemoveSnapshotSaga),
    ...shared,
    begin: async () => {
      await become(['first']);
      const id = await idOf('first');
      return court.begin('remove-snapshot', (headers) => user.api.ask('DELETE', `${path}/snapshots/${id}`, undefined, headers));
    },
    verifyFinished: () => expectSnapshots([]),
    verifyCleanSlate: () => expectSnapshots(['first ok']),
  });
});
