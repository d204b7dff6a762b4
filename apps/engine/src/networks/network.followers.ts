import { Injectable } from '@nestjs/common';
import { EntityManager, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { rowsByIds } from '../database/rows.by-ids';
import { Followers, listsOf } from '../follow/followers';
import { macPoolRepresentation } from './mac-pool.representation';
import { MacPoolsService } from './mac-pools.service';
import { Network } from './network.entity';
import {
  clusterNetworkRepresentation,
  dataCenterNetworkRepresentation,
  emptyNetworkCollections,
  networkRepresentation,
  vnicProfileRepresentation,
} from './network.representation';
import { Nic } from './nic.entity';
import { emptyNicCollections, nicRepresentation } from './nic.representation';
import { VnicProfile } from './vnic-profile.entity';

/** Makes networks and what belongs to them known to `follow`. */
@Injectable()
export class NetworkFollowers {
  constructor(
    private readonly db: EntityManager,
    private readonly followers: Followers,
    pools: MacPoolsService,
  ) {
    this.objects();
    this.lists();
    this.clusterNetworks();
    followers.objects('macpools', async (ids, { links }) => (await pools.byIds(ids)).map((one) => macPoolRepresentation(one, links)));
    followers.empty('networks', emptyNetworkCollections);
    followers.empty('vms/nics', emptyNicCollections);
  }

  private objects(): void {
    this.followers.objects('networks', async (ids, { links }) =>
      (await this.rows(Network, ids)).map((one) => networkRepresentation(one, links)),
    );
    this.followers.objects('vnicprofiles', async (ids, { links }) =>
      (await this.rows(VnicProfile, ids)).map((one) => vnicProfileRepresentation(one, links)),
    );
  }

  private lists(): void {
    this.followers.list('vms/nics', 'nics', async (ids, { links }) => {
      const found = await this.rows(Nic, ids, 'vmId');
      return listsOf(
        found,
        ({ vmId }) => vmId,
        (one) => nicRepresentation(one, links),
      );
    });
    this.followers.list('networks/vnicprofiles', 'vnic_profiles', async (ids, { links }) => {
      const found = await this.rows(VnicProfile, ids, 'networkId');
      return listsOf(
        found,
        ({ networkId }) => networkId,
        (one) => vnicProfileRepresentation(one, links),
      );
    });
    this.followers.list('datacenters/networks', 'networks', async (ids, { links }) => {
      const found = await this.rows(Network, ids, 'dataCenterId');
      return listsOf(
        found,
        ({ dataCenterId }) => dataCenterId,
        (one) => dataCenterNetworkRepresentation(one, links),
      );
    });
  }

  private clusterNetworks(): void {
    this.followers.list('clusters/networks', 'networks', async (ids, { links }) => {
      const clusters = await this.rows(Cluster, ids);
      const dataCenterIds = clusters.map(({ dataCenterId }) => dataCenterId);
      const networks = await this.rows(Network, dataCenterIds, 'dataCenterId');
      const pairs = clusters.flatMap(({ id, dataCenterId }) =>
        networks.filter((network) => network.dataCenterId === dataCenterId).map((network) => ({ id, network })),
      );
      return listsOf(
        pairs,
        ({ id }) => id,
        ({ id, network }) => clusterNetworkRepresentation(network, id, links),
      );
    });
  }

  private rows<T extends ObjectLiteral>(entity: EntityTarget<T>, ids: readonly string[], property?: keyof T & string): Promise<T[]> {
    return rowsByIds(this.db, entity, ids, property);
  }
}
