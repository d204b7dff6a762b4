import { type Attachment, type Group, type Snapshot, type Volume, gibToBytes } from '@clinker/cinder';
import type { Leftover } from './leftover.entity';

/** What Cinder has that carries this installation's mark, groups that are named so, and all attachments of those volumes. */
export interface MarkedObjects {
  readonly volumes: readonly Volume[];
  readonly snapshots: readonly Snapshot[];
  readonly groups: readonly Group[];
  readonly attachments: readonly Attachment[];
}

/** What the database knows, read after Cinder was asked: what was made meanwhile is known by then. */
export interface Known {
  readonly volumeIds: ReadonlySet<string>;
  readonly snapshotIds: ReadonlySet<string>;
  readonly groupIds: ReadonlySet<string>;
  /** `volume/VM` of every attachment that we have a row for and whose VM is not down. */
  readonly uses: ReadonlySet<string>;
  /** States and subjects of all operations that have not ended, as one text: what they name may change at any moment. */
  readonly underWay: string;
}

/** Something that nobody knows. */
export type Finding = Pick<Leftover, 'kind' | 'resourceId' | 'name' | 'reason' | 'sizeBytes' | 'diskId' | 'vmId' | 'parentId'>;

const UUID = /^[0-9a-f-]{36}$/;
const uuidOrNull = (text: string | null | undefined): string | null => (text && UUID.test(text) ? text : null);

export const useOf = (volumeId: string, vmId: string | null): string => `${volumeId}/${vmId ?? ''}`;

const isUnderWay = ({ underWay }: Known, ids: readonly (string | null | undefined)[]): boolean =>
  ids.some((id) => Boolean(id) && underWay.includes(id as string));

function volumesOf({ volumes }: MarkedObjects, known: Known): Finding[] {
  return volumes
    .filter(
      ({ id, metadata }) =>
        !known.volumeIds.has(id) && !isUnderWay(known, [id, metadata['clinker_disk_id'], metadata['clinker_operation_id']]),
    )
    .map(({ id, name, sizeGiB, status, metadata }) => ({
      kind: 'volume',
      resourceId: id,
      name: name ?? '',
      reason: `The volume (${status}) was made for a disk that does not have it.`,
      sizeBytes: gibToBytes(sizeGiB),
      diskId: uuidOrNull(metadata['clinker_disk_id']),
      vmId: null,
      parentId: null,
    }));
}

function snapshotsOf({ snapshots }: MarkedObjects, known: Known): Finding[] {
  return snapshots
    .filter(({ id, volumeId, metadata }) => {
      const ids = [id, volumeId, metadata['clinker_disk_id'], metadata['clinker_snapshot_id']];
      return !known.snapshotIds.has(id) && !isUnderWay(known, ids);
    })
    .map(({ id, name, sizeGiB, status, volumeId, metadata }) => ({
      kind: 'snapshot',
      resourceId: id,
      name: name ?? '',
      reason: `No disk or template has the snapshot (${status}).`,
      sizeBytes: gibToBytes(sizeGiB),
      diskId: uuidOrNull(metadata['clinker_disk_id']),
      vmId: null,
      parentId: volumeId,
    }));
}

function groupsOf({ groups }: MarkedObjects, known: Known): Finding[] {
  return groups
    .filter(({ id, name }) => !known.groupIds.has(id) && !isUnderWay(known, [id, name]))
    .map(({ id, name, status }) => ({
      kind: 'group',
      resourceId: id,
      name: name ?? '',
      reason: `No snapshot of a VM was taken with the group of volumes (${status}).`,
      sizeBytes: null,
      diskId: null,
      vmId: null,
      parentId: null,
    }));
}

function attachmentsOf({ attachments, volumes }: MarkedObjects, known: Known): Finding[] {
  return attachments
    .filter(
      ({ id, volumeId, instanceId }) => !known.uses.has(useOf(volumeId, instanceId)) && !isUnderWay(known, [id, volumeId, instanceId]),
    )
    .map(({ id, status, volumeId, instanceId }) => ({
      kind: 'attachment',
      resourceId: id,
      name: '',
      reason: `The volume is attached (${status}) to a VM that is gone, is down or does not have it.`,
      sizeBytes: null,
      diskId: uuidOrNull(volumes.find((volume) => volume.id === volumeId)?.metadata['clinker_disk_id']),
      vmId: uuidOrNull(instanceId),
      parentId: volumeId,
    }));
}

/** What of it nobody knows, and no operation that runs can explain. */
export const findLeftovers = (marked: MarkedObjects, known: Known): Finding[] => [
  ...volumesOf(marked, known),
  ...snapshotsOf(marked, known),
  ...groupsOf(marked, known),
  ...attachmentsOf(marked, known),
];
