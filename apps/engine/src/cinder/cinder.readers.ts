import type { CinderReader } from '@clinker/cinder';
import { Injectable } from '@nestjs/common';
import { CinderClients } from './cinder.clients';

/** The providers' clients for those who only look: services and reports. */
@Injectable()
export class CinderReaders {
  constructor(private readonly clients: CinderClients) {}

  /** @throws NotFoundError */
  reader(providerId: string): Promise<CinderReader> {
    return this.clients.client(providerId);
  }
}
