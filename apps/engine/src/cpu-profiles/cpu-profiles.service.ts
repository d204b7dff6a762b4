import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { findRow } from '../database/row.access';
import { rowsByIds } from '../database/rows.by-ids';
import { NotFoundError } from '../errors/domain.errors';
import { cpuProfileId } from './cpu-profile.representation';

/** The CPU profiles of the clusters, of which each has one. There are few clusters, so all are looked through. */
@Injectable()
export class CpuProfilesService {
  constructor(private readonly db: EntityManager) {}

  list(): Promise<Cluster[]> {
    return this.db.find(Cluster, { order: { name: 'ASC' } });
  }

  /** @throws NotFoundError if there is no such cluster */
  ofCluster(clusterId: string): Promise<Cluster> {
    return findRow(this.db, Cluster, 'Cluster', { id: clusterId });
  }

  /** The clusters of these ids. */
  ofClusters(clusterIds: readonly string[]): Promise<Cluster[]> {
    return rowsByIds(this.db, Cluster, clusterIds);
  }

  /** The cluster whose profile it is. @throws NotFoundError */
  async get(id: string): Promise<Cluster> {
    const found = (await this.list()).find((cluster) => cpuProfileId(cluster.id) === id);
    if (!found) throw new NotFoundError('CPU Profile', id);
    return found;
  }
}
