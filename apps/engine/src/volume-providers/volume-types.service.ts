import type { VolumeType } from '@clinker/cinder';
import { Injectable } from '@nestjs/common';
import { CinderReaders } from '../cinder/cinder.readers';
import { NotFoundError } from '../errors/domain.errors';
import { lookFault } from './provider.check';

/** Cinder's volume types, asked for each time. */
@Injectable()
export class VolumeTypesService {
  constructor(private readonly readers: CinderReaders) {}

  /** @throws NotFoundError, BackendError */
  async list(providerId: string): Promise<VolumeType[]> {
    const reader = await this.readers.reader(providerId);
    return reader.volumeTypes().catch((error: unknown) => {
      throw lookFault(error);
    });
  }

  /** @throws NotFoundError, BackendError */
  async get(providerId: string, id: string): Promise<VolumeType> {
    const found = (await this.list(providerId)).find((type) => type.id === id);
    if (!found) throw new NotFoundError('Volume type', id);
    return found;
  }
}
