import type { ReferenceInput } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { referred } from '../database/row.access';
import { Cluster } from '../clusters/cluster.entity';
import { AccessService } from '../permissions/access.service';

/** Who may make a pool: who may make pools in its cluster. What a request names and is not there is refused later. */
@Injectable()
export class VmPoolAccess {
  constructor(
    private readonly db: EntityManager,
    private readonly access: AccessService,
  ) {}

  /** @throws NotFoundError, ForbiddenError */
  async requireAdd({ id, name }: ReferenceInput, askerId: string): Promise<void> {
    const cluster = await this.db.findOneBy(Cluster, referred({ id, name }));
    if (cluster) await this.access.require(askerId, 'create_vm_pool', { type: 'cluster', id: cluster.id });
  }
}
