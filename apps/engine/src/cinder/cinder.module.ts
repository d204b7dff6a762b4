import { Global, Module } from '@nestjs/common';
import { CinderClients } from './cinder.clients';
import { CinderReaders } from './cinder.readers';

/** The clients of all volume providers. */
@Global()
@Module({ providers: [CinderClients, CinderReaders], exports: [CinderClients, CinderReaders] })
export class CinderModule {}
