import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { findDataCenter } from '../data-centers/data-center.lookup';
import { findRow, refuseUsedName, updateGiven } from '../database/row.access';
import { EventsService } from '../events/events.service';
import { Qos } from './qos.entity';
import type { ChangedQos, NewQos } from './qos.input';
import { NO_LIMITS, limitsOf } from './qos.limits';

const TYPE = 'QoS';

/** The limits of the use of storage, by data center. A change counts for a disk when a VM gets it the next time. */
@Injectable()
export class QossService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
  ) {}

  /** @throws NotFoundError if there is no such data center */
  async list(dataCenterId: string): Promise<Qos[]> {
    await findDataCenter(this.db, { id: dataCenterId });
    return this.db.find(Qos, { where: { dataCenterId }, order: { name: 'ASC' } });
  }

  /** @throws NotFoundError */
  get(dataCenterId: string, id: string): Promise<Qos> {
    return findRow(this.db, Qos, TYPE, { id, dataCenterId });
  }

  /** @throws NotFoundError, ConflictError, InvalidInputError, UnsupportedError */
  async add(dataCenterId: string, input: NewQos): Promise<Qos> {
    await findDataCenter(this.db, { id: dataCenterId });
    const id = randomUUID();
    const row = { id, dataCenterId, name: input.name, description: input.description ?? '', ...limitsOf(NO_LIMITS, input, 'add') };
    await this.db.insert(Qos, row).catch(refuseUsedName('add', TYPE));
    return this.events.tell('QOS_ADDED', await this.get(dataCenterId, id), { dataCenterId });
  }

  /** @throws NotFoundError, ConflictError, InvalidInputError, UnsupportedError */
  async update(dataCenterId: string, id: string, input: ChangedQos): Promise<Qos> {
    await this.db.transaction(async (tx) => {
      await findDataCenter(tx, { id: dataCenterId });
      const present = await tx.findOne(Qos, { where: { id, dataCenterId }, lock: { mode: 'pessimistic_write' } });
      const limits = limitsOf(present ?? (await this.get(dataCenterId, id)), input, 'edit');
      const changes = { name: input.name, description: input.description, ...limits };
      await updateGiven(tx, Qos, { id }, changes).catch(refuseUsedName('edit', TYPE));
    });
    return this.events.tell('QOS_UPDATED', await this.get(dataCenterId, id), { dataCenterId });
  }

  /** Profiles that point at it limit nothing any more, as in oVirt. @throws NotFoundError */
  async remove(dataCenterId: string, id: string): Promise<void> {
    const qos = await this.get(dataCenterId, id);
    await this.db.delete(Qos, { id });
    await this.events.tell('QOS_REMOVED', qos, { dataCenterId });
  }
}
