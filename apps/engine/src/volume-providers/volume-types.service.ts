import { Injectable } from '@nestjs/common';
import { CinderReaders } from '../cinder/cinder.readers';
import { NotFoundError } from '../errors/domain.errors';
import { UNKNOWN_CAPACITY, capacityOf, poolsOf, readPools } from '../storage-domains/domain.capacity';
import { lookFault } from './provider.check';
import type { VolumeTypeView } from './volume-type.representation';

/** Cinder's volume types, asked for each time. */
@Injectable()
export class VolumeTypesService {
  constructor(private readonly readers: CinderReaders) {}

  /** @throws NotFoundError, BackendError */
  async list(providerId: string): Promise<VolumeTypeView[]> {
    const reader = await this.readers.reader(providerId);
    try {
      const [types, pools] = await Promise.all([reader.volumeTypes(), readPools(reader)]);
      return types.map((type) => ({ type, capacity: pools ? capacityOf(poolsOf(type, pools)) : UNKNOWN_CAPACITY }));
    } catch (error) {
      throw lookFault(error);
    }
  }

  /** @throws NotFoundError, BackendError */
  async get(providerId: string, id: string): Promise<VolumeTypeView> {
    const found = (await this.list(providerId)).find(({ type }) => type.id === id);
    if (!found) throw new NotFoundError('Volume type', id);
    return found;
  }
}
