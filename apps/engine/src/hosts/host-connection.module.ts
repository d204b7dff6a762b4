import { Global, Module } from '@nestjs/common';
import { HostSignals } from './host-signals';
import { HostClient } from './host.client';
import { HostConnection } from './host.connection';

/** The way to the hosts and back. */
@Global()
@Module({ providers: [HostConnection, HostClient, HostSignals], exports: [HostConnection, HostClient, HostSignals] })
export class HostConnectionModule {}
