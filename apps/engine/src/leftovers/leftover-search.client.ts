import { type CinderReader, type Group, isCinderError } from '@clinker/cinder';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { orGone } from '../cinder/cinder.absence';
import { CinderReaders } from '../cinder/cinder.readers';
import { Installation } from '../database/installation.entity';
import { groupNamesOf } from '../disks/volume-group.client';
import { allOf } from '../sagas/all.of';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { type Finding, type Known, type MarkedObjects, findLeftovers, useOf } from './leftover.rules';

/** Every column that names a volume, a snapshot or a group in Cinder, in whatever table: what a new table knows is known here without anybody's doing. */
const COLUMNS = `
  SELECT format('SELECT %I::text AS id FROM %I WHERE %I IS NOT NULL', column_name, table_name, column_name) AS query, column_name AS name
  FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
  WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND column_name ~ '(^|_)(volume_id|cinder_snapshot_id|cinder_group_id)$'`;

const USES = `
  SELECT row.volume_id AS "volumeId", row.vm_id AS "vmId" FROM volume_attachment row JOIN vm ON vm.id = row.vm_id WHERE vm.status <> 'down'`;

/** Operations that clean up name what they clean: that does not explain it. */
const UNDER_WAY = `
  SELECT coalesce(string_agg(id::text || ' ' || state::text || subjects::text, E'\\n'), '') AS text
  FROM operation WHERE ended_at IS NULL AND saga <> 'clean-leftover'`;

/** A disk that has a volume in Cinder, as the database says. */
export interface DiskVolumeRow {
  readonly diskId: string;
  readonly volumeId: string;
}

const DISKS = `
  SELECT disk.id AS "diskId", disk.volume_id AS "volumeId" FROM disk JOIN storage_domain domain ON domain.id = disk.storage_domain_id
  WHERE domain.provider_id = $1 AND disk.volume_id IS NOT NULL AND disk.status = 'ok'`;

/** What was found at one look. */
export interface SearchResult {
  readonly findings: readonly Finding[];
  /** Disks that are ok, and whose volume Cinder does not have. */
  readonly lost: readonly DiskVolumeRow[];
}

/** Compares what a provider's Cinder has of us with what the database knows. Changes nothing. */
@Injectable()
export class LeftoverSearchClient {
  constructor(
    private readonly db: EntityManager,
    private readonly readers: CinderReaders,
  ) {}

  /** Ids of the providers whose domain is in use. */
  async providers(): Promise<string[]> {
    const domains = await this.db.findBy(StorageDomain, { status: 'active' });
    return domains.map(({ providerId }) => providerId);
  }

  /** @throws CinderError, NotFoundError */
  async search(providerId: string): Promise<SearchResult> {
    const disks = await this.db.query<DiskVolumeRow[]>(DISKS, [providerId]);
    const reader = await this.readers.reader(providerId);
    const marked = await this.marked(reader);
    const known = await this.known();
    const seen = new Set(marked.volumes.map(({ id }) => id));
    const missing = disks.filter(({ diskId, volumeId }) => !seen.has(volumeId) && !known.underWay.includes(diskId));
    return { findings: findLeftovers(marked, known), lost: await this.really(reader, missing) };
  }

  /** Whether Cinder has the volume. @throws CinderError */
  async hasVolume(providerId: string, volumeId: string): Promise<boolean> {
    return hasVolume(await this.readers.reader(providerId), volumeId);
  }

  /** A volume that was imported, or whose metadata somebody has changed, carries no mark: it is asked for by its id. */
  private async really(reader: CinderReader, missing: readonly DiskVolumeRow[]): Promise<DiskVolumeRow[]> {
    const gone = await allOf(missing.map(async ({ volumeId }) => !(await hasVolume(reader, volumeId))));
    return missing.filter((_one, index) => gone[index]);
  }

  private async marked(reader: CinderReader): Promise<MarkedObjects> {
    const { id: installation } = await this.db.findOneByOrFail(Installation, {});
    const metadata = { clinker_installation: installation };
    const [volumes, snapshots, all, groups] = await allOf([
      reader.findVolumes({ metadata }),
      reader.findSnapshots({ metadata }),
      reader.attachments(),
      groupsOf(reader, installation),
    ]);
    const ours = new Set(volumes.map(({ id }) => id));
    return { volumes, snapshots, groups, attachments: all.filter(({ volumeId }) => ours.has(volumeId)) };
  }

  /** All of it in one moment. */
  private async known(): Promise<Known> {
    return this.db.transaction('REPEATABLE READ', async (tx) => {
      const columns = await tx.query<{ query: string; name: string }[]>(COLUMNS);
      const idsOf = async (ending: string) => {
        const queries = columns.filter(({ name }) => name.endsWith(ending)).map(({ query }) => query);
        const rows = await tx.query<{ id: string }[]>(queries.join(' UNION '));
        return new Set(rows.map(({ id }) => id));
      };
      const [volumeIds, snapshotIds] = [await idsOf('volume_id'), await idsOf('cinder_snapshot_id')];
      const groupIds = await idsOf('cinder_group_id');
      const uses = await tx.query<{ volumeId: string; vmId: string }[]>(USES);
      const [work] = await tx.query<{ text: string }[]>(UNDER_WAY);
      const used = new Set(uses.map((use) => useOf(use.volumeId, use.vmId)));
      return { volumeIds, snapshotIds, groupIds, uses: used, underWay: work?.text ?? '' };
    });
  }
}

/** None for an account that may not see groups, and so has made none. @throws CinderError */
async function groupsOf(reader: CinderReader, installation: string): Promise<Group[]> {
  try {
    return (await reader.findGroups()).filter(({ name }) => name?.startsWith(groupNamesOf(installation)));
  } catch (error) {
    if (isCinderError(error, 'forbidden')) return [];
    throw error;
  }
}

const hasVolume = async (reader: CinderReader, volumeId: string): Promise<boolean> =>
  (await orGone(() => reader.volume(volumeId))) !== undefined;
