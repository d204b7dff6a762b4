import type { Attachment, Group, Snapshot, Volume } from '@clinker/cinder';
import { type Known, type MarkedObjects, findLeftovers } from './leftover.rules';

const id = (digit: number): string => `${digit}0000000-0000-4000-8000-000000000000`;
const [VOLUME, DISK, OPERATION, SNAPSHOT, VM, ATTACHMENT] = [1, 2, 3, 4, 5, 6].map(id) as [string, string, string, string, string, string];
const GROUP = id(7);

const volume = {
  id: VOLUME,
  name: 'v',
  sizeGiB: 1,
  status: 'available',
  metadata: { clinker_disk_id: DISK, clinker_operation_id: OPERATION },
};
const snapshot = { id: SNAPSHOT, name: 's', sizeGiB: 1, status: 'available', volumeId: VOLUME, metadata: { clinker_disk_id: DISK } };
const group = { id: GROUP, name: `clinker-x-${SNAPSHOT}-0`, status: 'available' };
const attachment = { id: ATTACHMENT, status: 'attached', volumeId: VOLUME, instanceId: VM };

const marked = (changes: Partial<MarkedObjects> = {}): MarkedObjects => ({
  volumes: [],
  snapshots: [],
  groups: [],
  attachments: [],
  ...changes,
});
const known = (changes: Partial<Known> = {}): Known => ({
  volumeIds: new Set(),
  snapshotIds: new Set(),
  groupIds: new Set(),
  uses: new Set(),
  underWay: '',
  ...changes,
});
const found = (seen: Partial<MarkedObjects>, knows: Partial<Known> = {}) =>
  findLeftovers(marked(seen), known(knows)).map(({ kind, resourceId }) => `${kind} ${resourceId}`);

describe('leftovers', () => {
  it('are volumes, snapshots, groups and attachments that nobody knows', () => {
    const seen = {
      volumes: [volume as unknown as Volume],
      snapshots: [snapshot as unknown as Snapshot],
      groups: [group as unknown as Group],
      attachments: [attachment as unknown as Attachment],
    };
    expect(found(seen)).toEqual([`volume ${VOLUME}`, `snapshot ${SNAPSHOT}`, `group ${GROUP}`, `attachment ${ATTACHMENT}`]);
    expect(findLeftovers(marked(seen), known())[0]).toMatchObject({ diskId: DISK, sizeBytes: 2 ** 30 });
    const ids = { volumeIds: new Set([VOLUME]), snapshotIds: new Set([SNAPSHOT]), groupIds: new Set([GROUP]) };
    expect(found(seen, { ...ids, uses: new Set([`${VOLUME}/${VM}`]) })).toEqual([]);
  });

  it.each([
    ['volume itself', VOLUME],
    ['disk', DISK],
    ['operation that made it', OPERATION],
  ])('are no volumes while an operation names the %s', (_what, named) => {
    expect(found({ volumes: [volume as unknown as Volume] }, { underWay: `x ${named} y` })).toEqual([]);
  });

  it.each([
    ['snapshot itself', SNAPSHOT],
    ['volume', VOLUME],
    ['disk', DISK],
  ])('are no snapshots while an operation names the %s', (_what, named) => {
    expect(found({ snapshots: [snapshot as unknown as Snapshot] }, { underWay: named })).toEqual([]);
  });

  it('are no groups while an operation names them', () => {
    const { name } = group;
    expect(found({ groups: [group as unknown as Group] }, { underWay: `{"groups":[{"name":"${name}"}]}` })).toEqual([]);
  });

  it.each([
    ['volume', VOLUME],
    ['VM', VM],
  ])('are no attachments while an operation names the %s', (_what, named) => {
    expect(found({ attachments: [attachment as unknown as Attachment] }, { underWay: named })).toEqual([]);
  });
});
