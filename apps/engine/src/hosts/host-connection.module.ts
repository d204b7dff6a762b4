import { Global, Module } from '@nestjs/common';
import { HostSignals } from './host-signals';
import { GuestMeasuresClient } from './guest-measures.client';
import { HostClient } from './host.client';
import { HostConnection } from './host.connection';

/** The way to the hosts and back. */
@Global()
@Module({
  providers: [HostConnection, HostClient, GuestMeasuresClient, HostSignals],
  exports: [HostConnection, HostClient, GuestMeasuresClient, HostSignals],
})
export class HostConnectionModule {}
