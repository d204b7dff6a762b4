import { bytesToGiB } from '@clinker/cinder';
import { Injectable } from '@nestjs/common';
import { EntityManager, In } from 'typeorm';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { VolumeLimitsService, type WantedVolumes } from './volume-limits.service';

const COLUMNS = 'disk.id, disk.storage_domain_id AS "domainId", disk.volume_type AS "volumeType"';

const DISKS = {
  template: `SELECT ${COLUMNS}, disk.provisioned_size::float8 AS bytes FROM template_disk bound JOIN disk ON disk.id = bound.disk_id
    WHERE bound.template_id = $1`,
  snapshot: `SELECT ${COLUMNS}, part.provisioned_size::float8 AS bytes FROM disk_snapshot part JOIN disk ON disk.id = part.disk_id
    WHERE part.snapshot_id = $1`,
  vm: `SELECT ${COLUMNS}, disk.provisioned_size::float8 AS bytes FROM disk_attachment bound JOIN disk ON disk.id = bound.disk_id
    WHERE bound.vm_id = $1 AND NOT disk.shareable`,
};

interface DiskRow {
  readonly id: string;
  readonly domainId: string;
  readonly volumeType: string | null;
  readonly bytes: number;
}

/** Disks that are to be copied, or of which snapshots are wanted: those of one object. */
export interface CopiedDisks {
  readonly of: keyof typeof DISKS;
  readonly id: string;
  /** Only these of them; all unless told. */
  readonly diskIds?: readonly string[] | null | undefined;
  /** How many copies of each; one unless told. */
  readonly times?: number;
}

/** Asks Cinder, before anything is begun, whether there is room for copies of disks. Its own answer to each request stays the authority. */
@Injectable()
export class CopyLimitsService {
  constructor(
    private readonly db: EntityManager,
    private readonly limits: VolumeLimitsService,
  ) {}

  /** @param wanted volumes or snapshots, and what they are for @throws ConflictError, LimitExceededError, BackendError */
  async check(copied: CopiedDisks, wanted: Omit<WantedVolumes, 'volumes'>): Promise<void> {
    const rows = await this.rows(copied);
    const domains = await this.db.findBy(StorageDomain, { id: In(rows.map(({ domainId }) => domainId)), status: 'active' });
    for (const domain of domains) {
      const own = rows.filter(({ domainId }) => domainId === domain.id);
      const volumes = own.map(({ bytes, volumeType }) => ({ sizeGiB: bytesToGiB(bytes), volumeType }));
      await this.limits.checkAll(domain, { ...wanted, volumes });
    }
  }

  private async rows({ of, id, diskIds, times = 1 }: CopiedDisks): Promise<DiskRow[]> {
    const rows = await this.db.query<DiskRow[]>(DISKS[of], [id]);
    const chosen = diskIds ? rows.filter((row) => diskIds.includes(row.id)) : rows;
    return Array.from({ length: times }, () => chosen).flat();
  }
}
