import { type CinderReader, type Volume, isCinderError } from '@clinker/cinder';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { CinderReaders } from '../cinder/cinder.readers';
import { Installation } from '../database/installation.entity';
import type { VolumeId } from '../disks/disk.entity';
import { groupNamesOf } from '../disks/volume-group.client';
import { allOf } from '../sagas/all.of';
import type { CreateSnapshot } from './create-snapshot.saga';
import type { SnapshotGroup } from './snapshot-groups.client';

type NewSnapshotGroup = Omit<SnapshotGroup, 'groupId' | 'refusal'>;

/** What Cinder's types, of volumes and of groups, say that allow snapshots of several volumes at one moment. */
const CONSISTENT = 'consistent_group_snapshot_enabled';
const isConsistent = (specs: Readonly<Record<string, string>>): boolean => specs[CONSISTENT] === '<is> True';

/** Cinder's own, for groups that were migrated: it makes no others of it. */
const RESERVED_TYPE = 'default_cgsnapshot_type';

const DISKS = `
  SELECT disk.id, disk.volume_id AS "volumeId", domain.provider_id AS "providerId"
  FROM disk_attachment attachment JOIN disk ON disk.id = attachment.disk_id JOIN storage_domain domain ON domain.id = disk.storage_domain_id
  WHERE attachment.vm_id = $1 AND disk.volume_id IS NOT NULL AND NOT disk.shareable ORDER BY disk.id`;

interface DiskOnProvider {
  readonly id: string;
  readonly volumeId: VolumeId;
  readonly providerId: string;
}

/** Sees which disks of a VM their storage can take at one moment, by what Cinder's types say. */
@Injectable()
export class GroupSnapshotsService {
  constructor(
    private readonly db: EntityManager,
    private readonly readers: CinderReaders,
  ) {}

  /** Groups of at least two volumes each. None of a provider that does not tell: a snapshot is possible without. */
  async of({ vmId, diskIds, snapshotId }: CreateSnapshot): Promise<NewSnapshotGroup[]> {
    const attached = await this.db.query<DiskOnProvider[]>(DISKS, [vmId]);
    const disks = attached.filter(({ id }) => diskIds?.includes(id) ?? true);
    const providers = [...new Set(disks.map(({ providerId }) => providerId))];
    const groups = await allOf(providers.map((id) => this.ofProvider(id, disks)));
    if (groups.flat().length === 0) return [];
    const { id } = await this.db.findOneByOrFail(Installation, {});
    return groups.flat().map((group, index) => ({ ...group, name: `${groupNamesOf(id)}${snapshotId}-${index}` }));
  }

  private async ofProvider(providerId: string, all: readonly DiskOnProvider[]): Promise<Omit<NewSnapshotGroup, 'name'>[]> {
    const volumeIds = all.filter((disk) => disk.providerId === providerId).map(({ volumeId }) => volumeId);
    if (volumeIds.length < 2) return [];
    try {
      return await groupsOf(await this.readers.reader(providerId), volumeIds).then((groups) =>
        groups.map((group) => ({ providerId, ...group })),
      );
    } catch (error) {
      if (isCinderError(error)) return [];
      throw error;
    }
  }
}

/** @throws CinderError */
async function groupsOf(reader: CinderReader, volumeIds: readonly VolumeId[]): Promise<Omit<NewSnapshotGroup, 'name' | 'providerId'>[]> {
  const types = (await reader.volumeTypes()).filter(({ extraSpecs }) => isConsistent(extraSpecs)).map(({ id }) => id);
  if (types.length === 0) return [];
  const groupType = (await reader.groupTypes()).find(({ name, specs }) => name !== RESERVED_TYPE && isConsistent(specs));
  if (!groupType) return [];
  const volumes = await allOf(volumeIds.map((id) => reader.volume(id)));
  const able = volumes.filter(({ volumeTypeId }) => volumeTypeId !== null && types.includes(volumeTypeId));
  return places(able).map((members) => ({
    groupTypeId: groupType.id,
    volumeTypeIds: [...new Set(members.flatMap(({ volumeTypeId }) => volumeTypeId ?? []))],
    availabilityZone: members[0]!.availabilityZone,
    volumeIds: members.map(({ id }) => id as VolumeId),
  }));
}

/** Volumes of one back end, at least two of each. Who may not see where they are finds out when Cinder refuses to gather them. */
function places(volumes: readonly Volume[]): Volume[][] {
  const backEnds = new Map<string, Volume[]>();
  for (const volume of volumes) {
    const place = `${volume.availabilityZone} ${volume.host?.split('#')[0]}`;
    backEnds.set(place, [...(backEnds.get(place) ?? []), volume]);
  }
  return [...backEnds.values()].filter((members) => members.length > 1);
}
